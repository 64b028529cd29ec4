"""Runs functions on pieces of a dataset: in processes of their own where there is much to do."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from workers.datasets.errors import ArchiveError
from workers.processors import num_processors

A = TypeVar("A")
B = TypeVar("B")

ENDED = (
    "a process that read the upload ended abruptly, as happens where memory runs out; accepted are"
    " images and tables that fit into memory one by one"
)
SMALL = 1024**2  # bytes of files that are not worth processes of their own
AHEAD = 4  # pieces handed to each process before the first of them is done


class Map(Protocol):
    """Applies a function to pieces, and gives the results in the order of the pieces."""

    def __call__(self, function: Callable[[A], B], pieces: Iterator[A]) -> Iterator[B]:
        """Apply `function` to each of the pieces."""
        ...


def in_this_process(function: Callable[[A], B], pieces: Iterator[A]) -> Iterator[B]:
    """One piece after the other, here."""
    return map(function, pieces)


@contextmanager
def processes_for(path: Path) -> Iterator[Map]:
    """A map for what lies in a file or folder: in this process if that is small, else in several."""
    files = [file for file in (path, *path.rglob("*")) if file.is_file()]
    if sum(file.stat().st_size for file in files) <= SMALL:
        yield in_this_process
        return
    with in_processes(num_processors()) as apply:
        yield apply


@contextmanager
def in_processes(number: int) -> Iterator[Map]:
    """A map over `number` processes, which end with this one, even if it is killed.

    They start at once, while the caller finds out what there is to do.
    ArchiveError where one of them ends before its work is done.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(number, context, initializer=_end_with_parent) as pool:

        def apply(function: Callable[[A], B], pieces: Iterator[A]) -> Iterator[B]:
            waiting: deque[Future[B]] = deque()
            for piece in pieces:
                waiting.append(pool.submit(function, piece))
                if len(waiting) >= number * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

        try:
            for _ in range(number):
                pool.submit(os.getpid)  # any function: it is what starts them
            yield apply
        except BrokenProcessPool:
            raise ArchiveError(ENDED) from None
        except BaseException:
            # It waits: a process that ended meanwhile would close the queue by which its own
            # processes are told to end, and then wait for them for ever.
            pool.shutdown(cancel_futures=True)
            raise


def run_apart(function: Callable[..., B], *arguments: Any) -> B:
    """What a function returns that runs in a new process, which ends with this one; ArchiveError."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=_end_with_parent) as pool:
        try:
            return pool.submit(function, *arguments).result()
        except BrokenProcessPool:
            raise ArchiveError(ENDED) from None


def cut(items: Sequence[A], size: int) -> Iterator[Sequence[A]]:
    """The items in pieces of `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _end_with_parent() -> None:
    """End this process when its parent is gone: a killed parent cannot say so."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
