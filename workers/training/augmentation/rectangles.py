"""Rectangles in images: their sides, and the pixels that they cover."""

import math

import torch
from torch import Tensor


def sides(area: Tensor, ratio: Tensor, *, most: float) -> tuple[Tensor, Tensor]:
    """Height and width (N,), as shares of those of an image, of rectangles with this share of its area (N,).

    `ratio` (N,) from 0 to 1 stands for height to width, relative to the image, from 1/most to most,
    evenly on a logarithmic scale. A side is never longer than the image's.
    """
    stretch = torch.exp((ratio - 0.5) * math.log(most))  # the root of the ratio
    return (area.sqrt() * stretch).clamp(max=1), (area.sqrt() / stretch).clamp(max=1)


def covered(rows: tuple[Tensor, Tensor], columns: tuple[Tensor, Tensor], images: Tensor) -> Tensor:
    """1 for the pixels (N, 1, H, W) of rectangles of images (N, C, H, W), 0 for the others.

    A rectangle is from its first row and column (N,) up to, and without, its second.
    """
    *_, height, width = images.shape
    down = _between(*rows, torch.arange(height, device=images.device))
    across = _between(*columns, torch.arange(width, device=images.device))
    return (down[:, :, None] * across[:, None, :])[:, None]


def _between(start: Tensor, end: Tensor, positions: Tensor) -> Tensor:
    return ((positions >= start[:, None]) & (positions < end[:, None])).float()
