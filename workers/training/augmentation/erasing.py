"""Random erasing: a rectangle of an image is covered (Zhong et al. 2020, arXiv:1708.04896)."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workers.training.augmentation.rectangles import covered, sides

# As in the paper.
LEAST_AREA, MOST_AREA = 0.02, 0.4
MOST_RATIO = 1 / 0.3


def erase(pixels: Tensor, drawn: Mapping[str, Tensor], share: float) -> Tensor:
    """Cover a rectangle in a `share` of the images (N, C, H, W) with the mean colour of the image."""
    *_, height, width = pixels.shape
    area = LEAST_AREA + (MOST_AREA - LEAST_AREA) * drawn["erased_area"]
    high, wide = sides(area, drawn["erased_ratio"], most=MOST_RATIO)
    first, end = _place(high, drawn["erased_row"], height)
    is_erased = drawn["is_erased"] < share
    rows = first, torch.where(is_erased, end, first)
    erased = covered(rows, _place(wide, drawn["erased_column"], width), pixels)
    return torch.lerp(pixels, pixels.mean(dim=(2, 3), keepdim=True), erased)


def _place(length: Tensor, position: Tensor, pixels: int) -> tuple[Tensor, Tensor]:
    """First and last + 1 pixel (N,) of a side with this share of all pixels; at least one pixel."""
    size = (length * pixels).round().clamp(min=1)
    start = (position * (pixels - size + 1)).floor()
    return start, start + size
