"""Occlusion: parts of the image are hidden one after another, to see which the class misses."""

import math

import torch
from captum.attr import Occlusion
from torch import Tensor

from workers.explaining import Attribution, Question, methods

#: Squares along the longer side of the image: between these, as many as MAX_FLOPS allow for.
MIN_SQUARES, MAX_SQUARES = 7, 14
MAX_FLOPS = 1e12  # of all passes for an image: ten seconds or so on two cores


@methods.register
def occlusion(question: Question) -> Attribution:
    """Occlusion (Zeiler and Fergus 2013, arXiv:1311.2901), for any network.

    Squares whose side is a seventh of the image's longer side, and which overlap by half, take the mean
    colour of the train images one after another. A pixel gets the mean fall of the class's log odds over
    the squares that hide it: below 0 where the class becomes more probable without it. At most 196 passes;
    for a network of many operations the squares are up to twice as large, and 49 at most.
    """
    network, image = question.network, question.image
    longer = max(image.shape[2:])
    affordable = math.isqrt(int(MAX_FLOPS // network.flops))
    stride = math.ceil(longer / min(max(affordable, MIN_SQUARES), MAX_SQUARES))
    square = tuple(min(2 * stride, side) for side in image.shape[2:])

    def score(images: Tensor) -> Tensor:
        question.check()
        return log_odds(network.logits(images), question.target)

    with torch.no_grad():
        found: Tensor = Occlusion(score).attribute(
            image,
            sliding_window_shapes=(image.shape[1], *square),
            strides=(image.shape[1], stride, stride),
            baselines=network.mean_colour.expand_as(image),
            perturbations_per_eval=network.batch_size,
        )
    values = found[0].mean(dim=0)  # every channel has the same: they are hidden together
    return Attribution(values.float(), f"squares of {square[1]}×{square[0]} pixels, {stride} apart")


def log_odds(logits: Tensor, target: int) -> Tensor:
    """The log odds (N,) of a class from logits (N, num_classes).

    A probability near 1 hardly moves, and is rounded; its log odds are neither.
    """
    others = torch.cat([logits[:, :target], logits[:, target + 1 :]], dim=1)
    return logits[:, target] - others.logsumexp(dim=1)
