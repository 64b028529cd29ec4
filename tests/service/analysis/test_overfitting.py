"""When overfitting begins: found where it is, not found in noise."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from service.analysis.hypothesis_tests.trend import falling_p, rising_p
from service.analysis.overfitting import onset

LEVEL = 0.05


@given(st.lists(st.integers(-1000, 1000), min_size=3, max_size=9, unique=True))
def test_the_trend_of_one_series_is_that_of_scipy(values: list[int]) -> None:
    theirs = stats.kendalltau(
        range(len(values)), values, alternative="greater", method="exact"
    ).pvalue

    assert rising_p([values]) == pytest.approx(theirs, abs=1e-12)
    assert falling_p([[-value for value in values]]) == pytest.approx(theirs, abs=1e-12)


def test_the_trend_of_several_series_is_that_of_counting_every_order() -> None:
    series = [[1.0, 2.0, 4.0, 3.0], [5.0, 6.0, 7.0]]

    def rising(values: tuple[float, ...]) -> int:
        return sum(later > earlier for earlier, later in itertools.combinations(values, 2))

    orders = itertools.product(*(itertools.permutations(values) for values in series))
    counts = [sum(rising(values) for values in order) for order in orders]
    observed = sum(rising(tuple(values)) for values in series)
    expected = np.mean([count >= observed for count in counts])
    assert rising_p(series) == pytest.approx(expected)


def test_equal_values_and_none_show_no_trend() -> None:
    assert rising_p([[1.0, 1.0, 1.0]]) == pytest.approx(1)
    assert rising_p([[]]) == 1


def curves(lowest: int, epochs: int, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses (3 seeds, epochs): validation falls to `lowest` (from 1) and rises, train falls."""
    generator = np.random.default_rng(seed)
    epoch = np.arange(1, epochs + 1)
    validation = 0.5 + 0.03 * np.abs(epoch - lowest)
    train = np.exp(-epoch / 5)
    return (
        train + noise * 0.1 * generator.normal(size=(3, epochs)),
        validation + noise * generator.normal(size=(3, epochs)),
    )


@pytest.mark.parametrize("lowest", [2, 6, 12])
def test_overfitting_is_found_within_an_epoch_of_where_it_begins(lowest: int) -> None:
    for seed in range(20):
        train, validation = curves(lowest, 16, noise=0.008, seed=seed)
        found = onset(train.tolist(), validation.tolist())
        assert found
        assert abs(found.epoch - lowest) <= 1
        assert found.p <= LEVEL


def test_one_lucky_epoch_hides_nothing() -> None:
    train, validation = curves(5, 20, noise=0.004, seed=0)
    validation[:, 15] = 0.4

    found = onset(train.tolist(), validation.tolist())

    assert found
    assert abs(found.epoch - 5) <= 1


def test_noise_alone_is_not_called_overfitting() -> None:
    generator = np.random.default_rng(1)
    train = np.exp(-np.arange(1, 16) / 5) + np.zeros((3, 1))
    validations = 0.5 * (1 + 0.1 * generator.normal(size=(2000, 3, 15)))

    alarms = [onset(train.tolist(), losses.tolist()) is not None for losses in validations]

    assert np.mean(alarms) <= LEVEL


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ([1.0, 0.5, 0.3, 0.2, 0.1], [1.0, 0.8, 0.7, 0.6, 0.5]),  # still learning
        ([1.0, 0.5, 0.9, 1.0, 1.1], [1.0, 0.5, 0.9, 1.0, 1.1]),  # both rise: it diverges
        ([1.0, 0.5, 0.4, 0.3, 0.2, 0.1], [1.0, 0.800, 0.801, 0.802, 0.803, 0.804]),  # by nothing
        ([1.0, 0.5, 0.1], [1.0, 0.8, 0.9]),  # one epoch says nothing
        ([1.0], [1.0]),
        ([1.0, 0.5, 0.4, 0.3, 0.2, 0.1], [1.0, 0.8, 0.9, 1.0, 1.1, math.nan]),  # no number
    ],
)
def test_otherwise_there_is_no_overfitting(train: list[float], validation: list[float]) -> None:
    assert onset([train], [validation]) is None
