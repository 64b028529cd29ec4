"""The mean over seeds, and its interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from service.analysis.estimate import estimate

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
