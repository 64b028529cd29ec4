"""Images at other positions: what each pixel shows is looked up between the pixels of the image."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from workers.training.augmentation.rectangles import sides

# As usual for ImageNet (Szegedy et al. 2015, arXiv:1409.4842).
LEAST_AREA = 0.08
MOST_RATIO = 4 / 3

#: Horizontal and vertical positions, that broadcast to (N, H, W). −1 and 1 are the edges of an image.
Positions = tuple[Tensor, Tensor]


def positions(images: Tensor) -> Positions:
    """Where the pixels of images (N, C, H, W) are."""
    *_, height, width = images.shape
    across, down = (
        (2 * torch.arange(pixels, device=images.device) + 1) / pixels - 1
        for pixels in (width, height)
    )
    return across[None, None, :], down[None, :, None]


def resized_crop_and_flip(where: Positions, drawn: Mapping[str, Tensor]) -> Positions:
    """The same positions in a part of the image, which is enlarged to all of it, and may be mirrored."""
    across, down = where
    area = LEAST_AREA + (1 - LEAST_AREA) * drawn["crop_area"]
    height, width = sides(area, drawn["crop_ratio"], most=MOST_RATIO)
    row, column = ((2 * drawn[f"crop_{name}"] - 1)[:, None, None] for name in ("row", "column"))
    height, width = height[:, None, None], width[:, None, None]
    mirrored = (1 - 2 * drawn["flip"])[:, None, None]
    return (1 - width) * column + width * mirrored * across, (1 - height) * row + height * down


def resample(images: Tensor, where: Positions) -> Tensor:
    """Look images (N, C, H, W) up at positions, bilinearly. Beyond its edges an image is mirrored."""
    grid = torch.stack(torch.broadcast_tensors(*where), dim=-1)
    return functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
