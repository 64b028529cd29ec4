"""Wilson's interval is that of statsmodels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from service.analysis.hypothesis_tests.wilson import wilson_interval


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_that_of_statsmodels(counted: tuple[int, int]) -> None:
    expected = proportion_confint(*counted, method="wilson")

    assert wilson_interval(*counted) == pytest.approx(expected, abs=1e-9)
