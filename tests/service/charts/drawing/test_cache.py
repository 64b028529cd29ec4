"""The cache of charts: each is made once, kept across restarts, and a full disk refuses no answer."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from service.charts.drawing.cache import ChartCache

Make = Callable[[], bytes]


def ten(letter: str, made: list[str]) -> Make:
    """A function that makes ten bytes, and notes that it was called."""

    def make() -> bytes:
        made.append(letter)
        return 10 * letter.encode()

    return make


def age(folder: Path) -> None:
    """Set the last use of every file a second back: clocks of files may be coarse."""
    for path in folder.iterdir():
        then = path.stat().st_mtime_ns - 10**9
        os.utime(path, ns=(then, then))


def test_what_was_made_outlives_a_restart(tmp_path: Path) -> None:
    made: list[str] = []
    for _ in range(2):
        assert ChartCache(tmp_path / "charts").get("a", ten("a", made)) == b"a" * 10

    assert made == ["a"]


def test_the_file_unused_for_the_longest_is_deleted_first(tmp_path: Path) -> None:
    kept, made = ChartCache(tmp_path, max_bytes=25), list[str]()
    for name in "abac":
        age(tmp_path)
        kept.get(name, ten(name, made))

    assert made == ["a", "b", "c"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c"]


def test_what_a_crash_has_left_half_written_is_deleted_too(tmp_path: Path) -> None:
    (tmp_path / ".a.part").write_bytes(b"x" * 20)
    age(tmp_path)
    ChartCache(tmp_path, max_bytes=25).get("b", ten("b", []))

    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_many_who_ask_at_once_let_it_be_made_once(tmp_path: Path) -> None:
    kept, made, answers = ChartCache(tmp_path), list[str](), list[bytes]()
    all_there = threading.Barrier(8)

    def ask() -> None:
        all_there.wait()
        answers.append(kept.get("a", ten("a", made)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [b"a" * 10] * 8
    assert made == ["a"]


def test_many_folders_of_one_place_do_not_trip_over_each_other(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def ask(number: int) -> None:
        kept = ChartCache(tmp_path, max_bytes=35)  # as another process would have
        try:
            for turn in range(40):
                letter = "abcdefgh"[(number + turn) % 8]
                assert kept.get(letter, ten(letter, [])) == 10 * letter.encode()
        except Exception as error:  # noqa: BLE001 - reported below, whatever it is
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 35


def test_a_folder_that_cannot_be_written_costs_nobody_the_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("not a folder")

    assert ChartCache(tmp_path / "file").get("a", ten("a", [])) == b"a" * 10
    assert "could not be kept" in caplog.text


def test_a_failure_to_make_is_not_kept(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise ValueError("not now")

    kept = ChartCache(tmp_path)
    with pytest.raises(ValueError, match="not now"):
        kept.get("a", fail)
    assert kept.get("a", ten("a", [])) == b"a" * 10
