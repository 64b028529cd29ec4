"""The checker sees what must never be: each kind of it, planted into a good history."""

import pytest

from tests.faults.history import Ending, Happened, violations

GOOD = [
    Happened(1, "status", 0, {"status": "queued"}),
    Happened(2, "status", 1, {"status": "running", "attempt": 1}),
    Happened(3, "epoch", 1, {"epoch": 1}),
    Happened(4, "status", 2, {"status": "running", "attempt": 2}),
    Happened(5, "epoch", 2, {"epoch": 2}),
    Happened(6, "status", 2, {"status": "succeeded"}),
]
ENDING = Ending("succeeded", epoch=2, max_attempts=3)


def test_a_takeover_in_the_middle_is_a_good_history() -> None:
    assert violations(GOOD, ENDING) == []


@pytest.mark.parametrize(
    ("position", "planted", "why"),
    [
        (4, Happened(9, "epoch", 1, {"epoch": 2}), "after 2"),
        (5, Happened(9, "epoch", 2, {"epoch": 2}), "epochs accepted"),
        (6, Happened(9, "status", 2, {"status": "succeeded"}), "succeeded follows succeeded"),
        (6, Happened(9, "epoch", 2, {"epoch": 3}), "accepted while succeeded"),
        (3, Happened(9, "status", 1, {"status": "running", "attempt": 2}), "claimed with token 1"),
        (3, Happened(9, "status", 2, {"status": "running", "attempt": 1}), "attempt 1 after 1"),
        (3, Happened(9, "status", 2, {"status": "running", "attempt": 4}), "attempt 4 after 1"),
    ],
)
def test_what_must_not_be_is_seen(position: int, planted: Happened, why: str) -> None:
    found = violations([*GOOD[:position], planted, *GOOD[position:]], ENDING)

    assert why in " ".join(found)


def test_a_job_that_never_ends_or_starts_again_after_a_cancel_is_seen() -> None:
    running = Ending("running", epoch=1, max_attempts=3)

    assert "it never ended: running" in violations(GOOD[:3], running)
    assert "started after it was cancelled (event 4)" in violations(GOOD, ENDING, cancelled_at=3)
