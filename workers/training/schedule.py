"""The learning rate, a pure function of the step: a resumed training needs no state for it."""

import math

from workers.training.recipe import Recipe

WARM_UP_SHARE = 0.3  # of all steps, in the one-cycle schedule
START_DIVISOR = 25.0
END_DIVISOR = 1e4


def learning_rate(recipe: Recipe, step: int, total_steps: int) -> float:
    """The learning rate of step `step` (from 0) of `total_steps`."""
    peak = recipe.learning_rate
    progress = step / max(1, total_steps - 1)
    if recipe.schedule == "cosine":
        return _cosine(peak, 0.0, progress)
    if recipe.schedule == "one_cycle":  # Smith & Topin 2018, arXiv:1708.07120, cosine flanks
        if progress < WARM_UP_SHARE:
            return _cosine(peak / START_DIVISOR, peak, progress / WARM_UP_SHARE)
        down = (progress - WARM_UP_SHARE) / (1 - WARM_UP_SHARE)
        return _cosine(peak, peak / START_DIVISOR / END_DIVISOR, down)
    return peak


def _cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
