"""Thousands of histories with faults at every statement: nothing is lost, accepted twice or different."""

import pytest

from tests.faults.simulate import describe, simulate_all
from tests.faults.simulator import simulate
from tests.postgresql import new_database
from workers.storage.database import open_database

#: make simulate tries 2,000, make faults thousands of others.
SEEDS = [range(100), pytest.param(range(100, 250), marks=pytest.mark.slow)]
POSTGRESQL_SEEDS = [range(20), pytest.param(range(20, 50), marks=pytest.mark.slow)]


@pytest.mark.timeout(900)  # a busy machine has its time
@pytest.mark.parametrize("seeds", SEEDS)
def test_no_history_loses_an_acknowledged_job_accepts_an_epoch_twice_or_ends_in_other_bits(
    seeds: range,
) -> None:
    done = simulate_all(seeds)

    assert done.failed == [], describe(done.failed[0])
    assert done.faults.total() > len(seeds)  # or nothing was tried
    assert done.outcomes["succeeded"] > len(seeds)
    faults = " ".join(done.faults)
    for fault in ("killed", "stalled", "clock", "duplicate", "lost stop", "without an answer"):
        assert fault in faults


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seeds", POSTGRESQL_SEEDS)
def test_nor_does_one_on_postgresql(postgresql: str, seeds: range) -> None:
    # What a cut of the server's own power would lose is not what is tried: it need not flush.
    url = new_database(postgresql) + "&options=-csynchronous_commit%3Doff"
    results = [simulate(seed, url) for seed in seeds]
    open_database(url).dispose()

    failed = [result for result in results if result.violations]
    assert failed == [], describe(failed[0])
    assert sum(result.faults.total() for result in results) > len(seeds)
    assert sum(result.outcomes["succeeded"] for result in results) > len(seeds)


@pytest.mark.parametrize("seed", [7, 103])  # in the other a job's process is started twice
def test_the_same_seed_is_the_same_history_so_that_a_failure_can_be_replayed(seed: int) -> None:
    first, second = simulate(seed), simulate(seed)

    assert first.history == second.history
    assert len(first.history) > 100
