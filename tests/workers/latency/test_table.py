"""A row of a latency table: its percentiles, and the coverage of its intervals."""

import itertools

import numpy as np
import pytest

from workers.engines import Engine, Images
from workers.latency import table
from workers.latency.table import interval, measure


@pytest.mark.parametrize("quantile", [0.5, 0.99])
def test_an_interval_contains_the_true_quantile_as_often_as_promised(quantile: float) -> None:
    generator = np.random.default_rng(0)
    truth = -np.log(1 - quantile)  # of the exponential distribution

    def contains_it() -> bool:
        low, high = interval(generator.exponential(size=1000), quantile)
        assert low is not None
        assert high is not None
        return low <= truth <= high

    times = 2000
    share = sum(contains_it() for _ in range(times)) / times
    assert share > 0.95 - 3 * (0.05 * 0.95 / times) ** 0.5  # at least as promised, within chance
    assert share < 0.98


def test_with_too_few_samples_an_end_is_not_known() -> None:
    few = list(range(100))

    assert interval(few, 0.99)[1] is None
    assert interval([1.0], 0.5) == (None, None)
    assert interval(list(range(400)), 0.99)[1] is not None


def test_a_row_has_the_percentiles_of_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a simulated clock a call takes 1 ms, and each hundredth call 10 ms."""
    now, calls = 0.0, itertools.count(1)

    def classify(images: Images) -> np.ndarray:
        nonlocal now
        now += 0.010 if next(calls) % 100 == 0 else 0.001
        return np.zeros((len(images), 2), np.float32)

    monkeypatch.setattr(table, "perf_counter", lambda: now)
    row = measure(Engine("own", "cpu", 2, 0, classify), np.zeros((4, 1, 8, 8), np.uint8))

    assert row.samples >= table.MIN_SAMPLES
    assert (row.engine, row.batch_size, row.threads) == ("own", 4, 2)
    assert row.p50 == row.p50_low == row.p50_high == pytest.approx(0.001)
    assert row.p99_low == pytest.approx(0.001)
    assert row.p99_high == pytest.approx(0.010)
    assert row.images_per_second == pytest.approx(4 / 0.00109, rel=0.01)


def test_a_slow_engine_is_not_measured_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def classify(images: Images) -> np.ndarray:
        nonlocal now
        now += 0.5
        return np.zeros((len(images), 2), np.float32)

    monkeypatch.setattr(table, "perf_counter", lambda: now)
    row = measure(Engine("own", "cpu", 1, 0, classify), np.zeros((1, 1, 8, 8), np.uint8))

    assert row.samples == 40
    assert row.p99_high is None


def test_engines_that_are_compared_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a simulated clock the first takes 1 ms, the second 2 ms."""
    now, calls = 0.0, []

    def engine(name: str, seconds: float) -> Engine:
        def classify(images: Images) -> np.ndarray:
            nonlocal now
            now += seconds
            calls.append(name)
            return np.zeros((len(images), 2), np.float32)

        return Engine(name, "cpu", 1, 0, classify)

    monkeypatch.setattr(table, "perf_counter", lambda: now)
    pair = [engine("first", 0.001), engine("second", 0.002)]
    first, second = table.measure_in_turn(pair, np.zeros((4, 1, 8, 8), np.uint8))

    turns = [name for name, _ in itertools.groupby(calls)]
    assert turns == ["first", "second"] * (table.ROUNDS + 1)  # the first are those of the warm-up
    assert (first.p50, second.p50) == (pytest.approx(0.001), pytest.approx(0.002))
    assert (first.batch_size, second.batch_size) == (4, 4)
    assert first.samples == pytest.approx(2 * second.samples, rel=0.02)
