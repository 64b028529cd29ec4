"""TrivialAugment: one operation an image, of any strength (Müller & Hutter 2021, arXiv:2103.10158).

Operations and strengths are those of its "wide" space, but that lengths are relative to the image
and that what comes in from outside is its reflection, not black.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Self

import torch
from torch import Tensor

from workers.training.augmentation.colours import (
    adjust,
    autocontrast,
    equalise,
    posterise,
    sharpen,
    solarise,
)
from workers.training.augmentation.resampling import Positions, positions, resample

PLACES = ("shear_x", "shear_y", "translate_x", "translate_y", "rotate")
FACTORS = ("brightness", "contrast", "saturation")
OPERATIONS = (
    *("identity", *PLACES, *FACTORS),
    *("sharpness", "posterise", "solarise", "autocontrast", "equalise"),
)
LEVELS = 31  # of strength, of which the first is none

MOST_SHEAR = 0.99  # pixels across for each pixel down
MOST_SHIFT = 32 / 224  # of a side: 32 pixels, in the paper's images of ImageNet
MOST_TURN = math.radians(135)
MOST_FACTOR = 0.99  # more or less, of brightness and the like
MOST_BITS = 6  # of 8 that posterise removes


def draw_operations(num_images: int, generator: torch.Generator) -> Tensor:
    """Draw an operation for each image (N,), int64: of as many images as there are operations, one each.

    So a batch has an operation no more often than most_images() says, and the work can be bounded by that.
    """
    runs = math.ceil(num_images / len(OPERATIONS))
    order = torch.rand(runs, len(OPERATIONS), generator=generator).argsort(dim=1, stable=True)
    return order.flatten()[:num_images]


def most_images(batch_size: int, num_operations: int) -> int:
    """How many of so many images in a row can have one of a few operations, as draw_operations() draws them.

    Of whole runs as many as there are; of the parts of runs before and after them at most all that they are.
    """
    runs, rest = divmod(batch_size, len(OPERATIONS))
    in_parts = max(num_operations, min(rest, 2 * num_operations))
    return min(batch_size, runs * num_operations + in_parts)


class TrivialAugment:
    """The operation of each image of a batch, and its strength."""

    def __init__(self, drawn: Mapping[str, Tensor]) -> None:
        self._drawn = {name: drawn[name] for name in ("operation", "magnitude", "sign")}
        self._level = drawn["magnitude"] / (LEVELS - 1)
        self._signed = self._level * (2 * drawn["sign"] - 1)

    def move(self, where: Positions, height: int, width: int) -> Positions:
        """The positions after shear, translation or rotation of their image."""
        across, down = where
        shear_x, shear_y = (self._strength(f"shear_{way}", MOST_SHEAR) for way in "xy")
        shift_x, shift_y = (self._strength(f"translate_{way}", 2 * MOST_SHIFT) for way in "xy")
        angle = self._strength("rotate", MOST_TURN)
        cosine, sine = angle.cos(), angle.sin()
        # At most one of them is not 0. Lengths are in sides of the image, which need not be equal.
        down_to_across = (shear_x - sine) * (height / width)
        across_to_down = (shear_y + sine) * (width / height)
        return (
            cosine * across + down_to_across * down + shift_x,
            cosine * down + across_to_down * across + shift_y,
        )

    def displace(self, pixels: Tensor) -> Tensor:
        """Pixels (N, C, H, W) after move(), written over."""
        return self._change(PLACES, TrivialAugment._displaced, pixels)

    def recolour(self, pixels: Tensor) -> Tensor:
        """Pixels (N, C, H, W) of 0 to 1 after the operations that move() leaves out, written over."""
        self._change(FACTORS, TrivialAugment._adjusted, pixels)
        self._change(("sharpness",), TrivialAugment._sharpened, pixels)
        self._change(("posterise",), TrivialAugment._posterised, pixels)
        self._change(("solarise",), TrivialAugment._solarised, pixels)
        self._change(("autocontrast",), lambda _, some: autocontrast(some), pixels)
        return self._change(("equalise",), lambda _, some: equalise(some), pixels)

    def _change(
        self, names: Sequence[str], change: Callable[[Self, Tensor], Tensor], pixels: Tensor
    ) -> Tensor:
        """Change, in place, the images that have one of these operations, for what those few cost.

        How many they are depends on the draws; at most how many, which is how many are changed, does not.
        """
        is_chosen = torch.stack([self._is(name) for name in names]).any(dim=0)
        most = most_images(len(pixels), len(names))
        rows = is_chosen.int().topk(most).indices  # the chosen, and perhaps some others
        chosen = type(self)({name: drawn[rows] for name, drawn in self._drawn.items()})
        some = pixels.index_select(0, rows)
        changed = torch.where(is_chosen[rows][:, None, None, None], change(chosen, some), some)
        return pixels.index_copy_(0, rows, changed)

    def _displaced(self, pixels: Tensor) -> Tensor:
        return resample(pixels, self.move(positions(pixels), *pixels.shape[2:]))

    def _adjusted(self, pixels: Tensor) -> Tensor:
        brightness, contrast, saturation = (
            1 + self._strength(name, MOST_FACTOR).flatten()
            for name in ("brightness", "contrast", "saturation")
        )
        return adjust(pixels, brightness, contrast, saturation)

    def _sharpened(self, pixels: Tensor) -> Tensor:
        return sharpen(pixels, 1 + self._signed * MOST_FACTOR)

    def _posterised(self, pixels: Tensor) -> Tensor:
        return posterise(pixels, 8 - (self._level * MOST_BITS).round())

    def _solarised(self, pixels: Tensor) -> Tensor:
        return solarise(pixels, 1 - self._level)

    def _strength(self, name: str, most: float) -> Tensor:
        """The strength (N, 1, 1) of an operation; 0 for the images that have another."""
        return (self._is(name) * self._signed * most)[:, None, None]

    def _is(self, name: str) -> Tensor:
        return self._drawn["operation"] == OPERATIONS.index(name)
