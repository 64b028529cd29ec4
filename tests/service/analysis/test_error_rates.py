"""How often the paired tests claim what is not so, over simulated comparisons."""

import itertools

import numpy as np
import pytest

from service.analysis.hypothesis_tests.holm import holm
from service.analysis.hypothesis_tests.images_and_seeds import over_images_and_seeds
from service.analysis.hypothesis_tests.mcnemar import combined_p, exact_p

LEVEL = 0.05
COMPARISONS = 2000


def simulated(
    generator: np.random.Generator, *, seeds: int, images: int, shift_of_seeds: float
) -> np.ndarray:
    """Which images (2000, 3 architectures, S, N) are right, where all architectures are the same.

    Images differ in difficulty; every training is a little better or worse than another.
    """
    difficulty = generator.normal(2.2, 1.5, (COMPARISONS, 1, 1, images))
    of_training = generator.normal(0, shift_of_seeds, (COMPARISONS, 3, seeds, 1))
    noise = generator.logistic(size=(COMPARISONS, 3, seeds, images))
    return difficulty + of_training + noise > 0


@pytest.mark.parametrize(
    ("seeds", "shift_of_seeds"),  # one seed: the claim is of the trainings, which must be equal
    [(1, 0.0), *itertools.product([2, 3, 5], [0.0, 0.1, 0.5])],
)
def test_false_alarms_stay_below_the_level_over_all_pairs(
    seeds: int, shift_of_seeds: float
) -> None:
    generator = np.random.default_rng([seeds, round(10 * shift_of_seeds)])
    correct = simulated(generator, seeds=seeds, images=300, shift_of_seeds=shift_of_seeds)
    pairs = list(itertools.combinations(range(3), 2))
    of_pairs = []
    for first, second in pairs:
        won = (correct[:, first] & ~correct[:, second]).sum(axis=-1)
        lost = (correct[:, second] & ~correct[:, first]).sum(axis=-1)
        of_seeds = exact_p(won, lost)
        exact = np.array([combined_p(row) for row in of_seeds.tolist()])
        with_seeds = over_images_and_seeds(correct[:, first], correct[:, second]).p()
        of_pairs.append(np.maximum(exact, with_seeds))

    alarms = [min(holm(values)) <= LEVEL for values in np.stack(of_pairs, axis=1).tolist()]

    assert np.mean(alarms) <= LEVEL


def test_equivalence_is_not_claimed_of_what_differs_by_the_margin() -> None:
    generator = np.random.default_rng(6)
    margin, images = 0.02, 1000
    p_right = np.array([0.9, 0.9 - margin])[:, None, None, None]
    first, second = generator.random((2, COMPARISONS, 3, images)) < p_right

    claims = over_images_and_seeds(first, second).equivalence_p(margin) <= LEVEL

    assert claims.mean() <= LEVEL


def test_a_difference_that_is_there_is_found() -> None:
    generator = np.random.default_rng(7)
    p_right = np.array([0.99, 0.975])[:, None, None, None]
    first, second = generator.random((2, 200, 3, 10_000)) < p_right

    found = over_images_and_seeds(first, second).p() <= LEVEL

    assert found.mean() >= 0.95
