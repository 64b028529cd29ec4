"""Mixup (Zhang et al. 2018, arXiv:1710.09412) and CutMix (Yun et al. 2019, arXiv:1905.04899).

Every image of a batch is mixed with the one before it, its partner: the order of a batch is random.
The share that stays its own is drawn for each image.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from workers.training.augmentation.rectangles import covered
from workers.training.recipe import Recipe


def mix(
    pixels: Tensor, labels: Tensor, drawn: Mapping[str, Tensor], recipe: Recipe
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Mix pixels (N, C, H, W); returns them and what they show.

    What they show is their labels (N,) and, where the recipe mixes, the labels of their partners (N,) and
    the shares (N,) that stay their own.
    """
    if recipe.mix == "none":
        return pixels, (labels,)
    if recipe.mix == "mixup":
        mixed, kept = mixup(pixels, drawn["kept"])
    else:
        mixed, kept = cutmix(pixels, drawn["kept"], drawn["cut_row"], drawn["cut_column"])
    return mixed, (labels, labels.roll(1), kept)


def main_labels(labels: Tensor, *mixed: Tensor) -> Tensor:
    """Of what mix() says that they show: the label (N,) of the larger share."""
    if not mixed:
        return labels
    partners, kept = mixed
    return torch.where(kept < 1 / 2, partners, labels)


def mixup(pixels: Tensor, even: Tensor) -> tuple[Tensor, Tensor]:
    """Blend pixels (N, C, H, W) with their partners; returns also the shares (N,) that stay their own.

    Of numbers that are `even` (N,) between 0 and 1, shares of the distribution Beta(½, ½) are made. It
    lies between the paper's Beta(0.2, 0.2) for ImageNet and its Beta(1, 1) for CIFAR-10.
    """
    kept = torch.sin(even * (math.pi / 2)).square()
    return torch.lerp(pixels.roll(1, 0), pixels, kept[:, None, None, None]), kept


def cutmix(pixels: Tensor, even: Tensor, row: Tensor, column: Tensor) -> tuple[Tensor, Tensor]:
    """Paste a rectangle of its partner into each image; returns also the shares (N,) of its own pixels.

    As in the paper, a rectangle of 1 − `even` (N,) of the area has its centre at `row` and `column` (N,),
    from 0 to 1, and what lies outside the image is cut off.
    """
    *_, height, width = pixels.shape
    half = (1 - even).sqrt() / 2
    rows, columns = _around(row, half, height), _around(column, half, width)
    pasted = torch.lerp(pixels, pixels.roll(1, 0), covered(rows, columns, pixels))
    area = (rows[1] - rows[0]) * (columns[1] - columns[0])
    return pasted, 1 - area / (height * width)


def _around(centre: Tensor, half: Tensor, pixels: int) -> tuple[Tensor, Tensor]:
    """The first pixel (N,) of a side and the one behind its last, from shares of all pixels."""
    start, end = ((centre + way * half) * pixels for way in (-1, 1))
    return start.round().clamp(min=0), end.round().clamp(max=pixels)
