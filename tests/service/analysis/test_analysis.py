"""Numbers over seeds, and what is said of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from service.analysis.estimate import estimate
from service.analysis.overfitting import overfitting_epoch

finite = st.floats(-1e6, 1e6)


@given(st.lists(finite, min_size=2, max_size=30))
def test_the_interval_is_that_of_scipy(values: list[float]) -> None:
    found = estimate(values)

    assert found.mean == pytest.approx(np.mean(values), abs=1e-6)
    assert found.std == pytest.approx(np.std(values, ddof=1), abs=1e-6)
    if found.std and found.std > 1e-100:  # below, the reference itself underflows
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        assert (found.low, found.high) == (
            pytest.approx(low, rel=1e-6, abs=1e-6),
            pytest.approx(high, rel=1e-6, abs=1e-6),
        )


def test_one_seed_has_no_spread_and_none_no_mean() -> None:
    assert estimate([0.5]).model_dump() == {
        "n": 1,
        "mean": 0.5,
        "std": None,
        "low": None,
        "high": None,
    }
    assert estimate([]).mean is None


def test_overfitting_begins_where_validation_loss_turns_and_train_loss_does_not() -> None:
    assert overfitting_epoch([1.0, 0.5, 0.3, 0.1], [1.0, 0.8, 0.9, 1.0]) == 2


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ([1.0, 0.5, 0.3], [1.0, 0.8, 0.7]),  # still learning
        ([1.0, 0.5, 0.9], [1.0, 0.8, 0.9]),  # both rise: it diverges
        ([1.0, 0.5, 0.4], [1.0, 0.800, 0.801]),  # noise
        ([], []),
    ],
)
def test_otherwise_there_is_no_overfitting(train: list[float], validation: list[float]) -> None:
    assert overfitting_epoch(train, validation) is None


def test_a_loss_that_is_no_number_is_never_the_best() -> None:
    assert overfitting_epoch([1.0, 0.5, 0.1], [1.0, math.nan, 2.0]) == 1
