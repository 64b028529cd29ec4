"""Thousands of histories with faults at every statement: nothing is lost, accepted twice or different."""

import pytest

from tests.reliability.simulate import in_words, simulate_all
from tests.reliability.simulator import simulate

SEEDS = 2000


@pytest.mark.timeout(900)  # a busy machine has its time
def test_no_history_loses_an_acknowledged_job_accepts_an_epoch_twice_or_ends_in_other_bits() -> (
    None
):
    done = simulate_all(range(SEEDS))

    assert done.failed == [], in_words(done.failed[0])
    assert done.faults.total() > SEEDS  # or nothing was tried
    assert done.endings["succeeded"] > SEEDS
    told = " ".join(done.faults)
    for fault in ("killed", "stalled", "clock", "duplicate", "lost stop", "without an answer"):
        assert fault in told


def test_the_same_seed_is_the_same_history_so_that_a_failure_can_be_replayed() -> None:
    first, second = simulate(7), simulate(7)

    assert first.history == second.history
    assert len(first.history) > 100
