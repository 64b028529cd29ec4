"""Bootstrap intervals, held against scipy and against simulated comparisons."""

import numpy as np
import pytest
from scipy import stats

from service.analysis.hypothesis_tests.bootstrap import intervals

COMPARISONS = 2000


def test_the_bootstrap_interval_is_that_of_scipy() -> None:
    generator = np.random.default_rng(1)
    differences = generator.choice([-1, 0, 1], p=[0.02, 0.9, 0.08], size=(1500, 2))

    lows, highs = intervals(differences.astype(float))

    for column, low, high in zip(differences.T, lows, highs, strict=True):
        theirs = stats.bootstrap(
            (column,), np.mean, n_resamples=5000, method="percentile", rng=2
        ).confidence_interval
        assert (low, high) == (
            pytest.approx(theirs.low, abs=2e-3),
            pytest.approx(theirs.high, abs=2e-3),
        )


def test_equal_networks_have_an_interval_of_no_width() -> None:
    lows, highs = intervals(np.zeros((100, 1)))

    assert (lows.tolist(), highs.tolist()) == ([0.0], [0.0])


def test_the_bootstrap_interval_holds_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(8)
    columns = generator.choice([-1.0, 0, 1], p=[0.06, 0.88, 0.06], size=(500, COMPARISONS))

    lows, highs = intervals(columns, resamples=1000)

    assert np.mean((lows <= 0) & (highs >= 0)) >= 0.94
