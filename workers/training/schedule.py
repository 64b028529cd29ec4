"""The learning rate, a pure function of the step: a resumed training needs no state for it."""

import math

from workers.training.recipe import Recipe

ONE_CYCLE_WARM_UP = 0.3  # of all steps
START_DIVISOR = 25.0
END_DIVISOR = 1e4


def learning_rate(recipe: Recipe, step: int, total_steps: int) -> float:
    """The learning rate of step `step` (from 0) of `total_steps`.

    It rises over the recipe's warm-up and then moves as its schedule says, both along half a cosine.
    """
    peak = recipe.learning_rate
    progress = step / max(1, total_steps - 1)
    # One cycle is that of Smith & Topin 2018, arXiv:1708.07120, with cosine flanks.
    warm_up = recipe.warm_up or (ONE_CYCLE_WARM_UP if recipe.schedule == "one_cycle" else 0.0)
    if progress < warm_up:
        return _cosine(peak / START_DIVISOR, peak, progress / warm_up)
    end = {"constant": peak, "cosine": 0.0, "one_cycle": peak / START_DIVISOR / END_DIVISOR}
    return _cosine(peak, end[recipe.schedule], (progress - warm_up) / (1 - warm_up))


def _cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
