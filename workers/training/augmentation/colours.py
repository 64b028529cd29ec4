"""Changes of colour. Pixels (N, C, H, W) are of 0 to 1, red, green and blue or grey, and stay so."""

import torch
from torch import Tensor
from torch.nn import functional

RED, GREEN, BLUE = 0.299, 0.587, 0.114  # of a grey of the same brightness (ITU-R BT.601)
VALUES = 256  # of a stored pixel


def grey(pixels: Tensor) -> Tensor:
    """The brightness (N, 1, H, W) of pixels."""
    if pixels.shape[1] != 3:  # noqa: PLR2004 - red, green, blue
        return pixels.mean(dim=1, keepdim=True)
    red, green, blue = pixels.chunk(3, dim=1)
    return RED * red + GREEN * green + BLUE * blue


def adjust(pixels: Tensor, brightness: Tensor, contrast: Tensor, saturation: Tensor) -> Tensor:
    """Multiply brightness, contrast and saturation by factors (N,); grey has no saturation.

    As Pillow's ImageEnhance: each is a way from black, from even grey and from the grey image.
    """
    brightness, contrast, saturation = (
        factor[:, None, None, None] for factor in (brightness, contrast, saturation)
    )
    greys = grey(pixels)
    changed = torch.lerp(greys, pixels, saturation)
    changed = torch.lerp(greys.mean(dim=(2, 3), keepdim=True), changed, contrast)
    return changed.mul_(brightness).clamp_(0, 1)


def sharpen(pixels: Tensor, factor: Tensor) -> Tensor:
    """Multiply by a factor (N,) what a pixel differs by from its surroundings: less than 1 blurs.

    The surroundings are Pillow's: 5 parts the pixel itself, one each of its eight neighbours.
    """
    around = functional.pad(pixels, (1, 1, 1, 1), mode="replicate")
    three = around[..., :-2] + around[..., 1:-1] + around[..., 2:]
    nine = three[:, :, :-2] + three[:, :, 1:-1] + three[:, :, 2:]
    blurred = (nine + 4 * pixels) / 13
    return torch.lerp(blurred, pixels, factor[:, None, None, None]).clamp_(0, 1)


def posterise(pixels: Tensor, bits: Tensor) -> Tensor:
    """Keep the highest `bits` (N,) of the 8 of a pixel."""
    step = torch.exp2(8 - bits)[:, None, None, None]
    return ((pixels * 255).round_() / step).floor_() * (step / 255)


def solarise(pixels: Tensor, threshold: Tensor) -> Tensor:
    """Invert what is brighter than a threshold (N,)."""
    return torch.where(pixels > threshold[:, None, None, None], 1 - pixels, pixels)


def autocontrast(pixels: Tensor) -> Tensor:
    """Stretch each channel to all of 0 to 1; a constant channel stays."""
    darkest = pixels.amin(dim=(2, 3), keepdim=True)
    extent = pixels.amax(dim=(2, 3), keepdim=True) - darkest
    stretched = (pixels - darkest) / extent.clamp(min=1 / 255)
    return torch.where(extent < 1 / 255, pixels, stretched)


def equalise(pixels: Tensor) -> Tensor:
    """Make all values of each channel equally frequent, by its histogram; a constant channel stays."""
    values = (pixels * 255).round_().long().flatten(2)
    counts = torch.zeros(*values.shape[:2], VALUES, dtype=torch.int64, device=pixels.device)
    counts.scatter_add_(2, values, torch.ones_like(values))
    up_to = counts.cumsum(dim=2)
    total = values.shape[2]
    darkest = torch.where(up_to > 0, up_to, total).amin(dim=2, keepdim=True)
    curve = (up_to - darkest) / (total - darkest).clamp(min=1)
    equalised = curve.gather(2, values).view(pixels.shape)
    return torch.where((darkest == total)[..., None], pixels, equalised)
