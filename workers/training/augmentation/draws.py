"""The random numbers of an epoch, drawn ahead, so that they lie on the device before a step needs them.

All are integers: one of a few choices, or a share of 0 to 1 in units that float32 holds
exactly.
"""

import torch
from torch import Tensor

from models import ImageShape
from workers.training.augmentation.cropping import max_shift
from workers.training.augmentation.trivial_augment import LEVELS, OPERATIONS, draw_operations
from workers.training.recipe import Recipe

SHARES = 2**24

RESIZED_CROP = ("crop_area", "crop_ratio", "crop_row", "crop_column")
JITTER = ("brightness", "contrast", "saturation")
ERASING = ("is_erased", "erased_area", "erased_ratio", "erased_row", "erased_column")
MIX = {"none": (), "mixup": ("kept",), "cutmix": ("kept", "cut_row", "cut_column")}


def draw(recipe: Recipe, num_images: int, shape: ImageShape, generator: torch.Generator) -> Tensor:
    """Draw what augment() needs for N images: (N, a column for each number), int64, on the CPU."""
    highs = _columns(recipe, shape)
    draws = torch.empty(num_images, len(highs), dtype=torch.int64)
    for column, (name, high) in zip(draws.unbind(dim=1), highs.items(), strict=True):
        if name == "operation":
            column.copy_(draw_operations(num_images, generator))
        else:
            column.random_(high, generator=generator)
    return draws


def by_name(draws: Tensor, recipe: Recipe, shape: ImageShape) -> dict[str, Tensor]:
    """The columns (N,) of draws: choices as int64, shares as float32 from 0 up to, and without, 1."""
    named = zip(_columns(recipe, shape).items(), draws.unbind(dim=1), strict=True)
    return {name: column / SHARES if high == SHARES else column for (name, high), column in named}


def _columns(recipe: Recipe, shape: ImageShape) -> dict[str, int]:
    """What is drawn for an image, and how many values it may have. Older columns come first: they stay."""
    policy = {"operation": len(OPERATIONS), "magnitude": LEVELS, "sign": 2}
    shares = (
        *(JITTER if recipe.colour_jitter else ()),
        *(ERASING if recipe.erasing else ()),
        *MIX[recipe.mix],
    )
    return (
        _of_crop(recipe.augmentation, shape)
        | (policy if recipe.augmentation_policy == "trivial_augment" else {})
        | dict.fromkeys(shares, SHARES)
    )


def _of_crop(augmentation: str, shape: ImageShape) -> dict[str, int]:
    down, across = max_shift(shape.height, shape.width)
    shift = {"top": 2 * down + 1, "left": 2 * across + 1}
    flip = {"flip": 2}
    return {
        "none": {},
        "crop": shift,
        "crop_and_flip": shift | flip,
        "resized_crop_and_flip": dict.fromkeys(RESIZED_CROP, SHARES) | flip,
    }[augmentation]
