"""What is said of a latency: laws of its intervals, and what others did to the machine meanwhile."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from workers.engines import Engine, Images
from workers.latency import machine_load, table
from workers.latency.machine_load import Load
from workers.latency.table import interval, measure


@pytest.mark.parametrize("quantile", [0.5, 0.99])
def test_an_interval_holds_the_true_quantile_as_often_as_it_says(quantile: float) -> None:
    generator = np.random.default_rng(0)
    truth = -np.log(1 - quantile)  # of the exponential distribution

    def holds_it() -> bool:
        low, high = interval(generator.exponential(size=1000), quantile)
        assert low is not None
        assert high is not None
        return low <= truth <= high

    times = 2000
    held = sum(holds_it() for _ in range(times)) / times
    assert held > 0.95 - 3 * (0.05 * 0.95 / times) ** 0.5  # no less than promised, but for chance
    assert held < 0.98


def test_with_too_few_samples_an_end_is_not_known() -> None:
    few = list(range(100))

    assert interval(few, 0.99)[1] is None
    assert interval([1.0], 0.5) == (None, None)
    assert interval(list(range(400)), 0.99)[1] is not None


def test_a_table_says_what_a_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call takes 1 ms, and each hundredth 10 ms, by a clock of our own."""
    now, calls = 0.0, itertools.count(1)

    def classify(images: Images) -> np.ndarray:
        nonlocal now
        now += 0.010 if next(calls) % 100 == 0 else 0.001
        return np.zeros((len(images), 2), np.float32)

    monkeypatch.setattr(table, "perf_counter", lambda: now)
    row = measure(Engine("own", "cpu", 2, 0, classify), np.zeros((4, 1, 8, 8), np.uint8))

    assert row.samples >= table.FEWEST_SAMPLES
    assert (row.engine, row.batch_size, row.threads) == ("own", 4, 2)
    assert row.p50 == row.p50_low == row.p50_high == pytest.approx(0.001)
    assert row.p99_low == pytest.approx(0.001)
    assert row.p99_high == pytest.approx(0.010)
    assert row.images_per_second == pytest.approx(4 / 0.00109, rel=0.01)


def test_what_is_slow_is_measured_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def classify(images: Images) -> np.ndarray:
        nonlocal now
        now += 0.5
        return np.zeros((len(images), 2), np.float32)

    monkeypatch.setattr(table, "perf_counter", lambda: now)
    row = measure(Engine("own", "cpu", 1, 0, classify), np.zeros((1, 1, 8, 8), np.uint8))

    assert row.samples == 40
    assert row.p99_high is None


def test_the_load_is_what_others_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In two seconds the machine worked for three, of which one was ours."""
    stat, now, own = tmp_path / "stat", 10.0, 5.0
    monkeypatch.setattr(machine_load, "_STAT", stat)
    monkeypatch.setattr(machine_load, "perf_counter", lambda: now)
    monkeypatch.setattr(machine_load, "_own_seconds", lambda: own)
    monkeypatch.setattr(machine_load.os, "sysconf", lambda _: 100)
    stat.write_text("cpu  1000 0 500 9000 70 0 0 0 300 0\ncpu0 …\n")
    load = Load()
    stat.write_text("cpu  1200 0 600 9900 99 0 0 0 400 0\ncpu0 …\n")
    now, own = 12.0, 6.0

    assert load.of_others() == pytest.approx(1.0)
    stat.unlink()
    assert Load().of_others() is None
