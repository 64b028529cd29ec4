"""Work in other processes: in order, with the errors of the work, and no process that outlives it."""

import os
import signal

import pytest

from workers.datasets.errors import ArchiveError
from workers.datasets.preparing.processes import in_processes, run_apart


def double(number: int) -> int:
    return 2 * number


def refuse(number: int) -> int:
    raise ArchiveError(f"{number} is refused")


def die(number: int) -> int:
    del number
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_results_come_in_the_order_of_the_pieces() -> None:
    with in_processes(2) as apply:
        assert list(apply(double, iter(range(50)))) == list(range(0, 100, 2))


def test_what_a_process_raises_is_raised_here() -> None:
    with pytest.raises(ArchiveError, match="3 is refused"), in_processes(1) as apply:
        list(apply(refuse, iter([3])))
    with pytest.raises(ArchiveError, match="4 is refused"):
        run_apart(refuse, 4)


def test_a_process_that_is_killed_is_an_upload_that_is_refused() -> None:
    with pytest.raises(ArchiveError, match="ended abruptly"), in_processes(1) as apply:
        list(apply(die, iter([3])))
    with pytest.raises(ArchiveError, match="ended abruptly"):
        run_apart(die, 4)


def refuse_in_processes(number: int) -> None:
    with in_processes(2) as apply:
        list(apply(refuse, iter([number] * 20)))


def test_a_process_whose_own_processes_refuse_something_ends() -> None:
    for number in range(3):  # it did not always
        with pytest.raises(ArchiveError, match=f"{number} is refused"):
            run_apart(refuse_in_processes, number)
