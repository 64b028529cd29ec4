"""Work in other processes: in order, with the errors of the work, and no process that outlives it."""

import os
import signal
from pathlib import Path

import pytest

from workers.datasets.errors import ArchiveError
from workers.datasets.preparing.processes import in_processes, processes_for, run_apart


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


def process_of(number: int) -> int:
    del number
    return os.getpid()


@pytest.mark.parametrize("is_folder", [False, True])
@pytest.mark.parametrize(("size", "is_here"), [(1024**2, True), (1024**2 + 1, False)])
def test_what_is_small_is_read_in_this_process(
    tmp_path: Path, size: int, *, is_folder: bool, is_here: bool
) -> None:
    path = tmp_path / "folder" if is_folder else tmp_path / "file"
    file = path / "inner" / "file" if is_folder else path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(size))

    with processes_for(path) as apply:
        [process] = apply(process_of, iter([0]))

    assert (process == os.getpid()) == is_here


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
