"""All seeds at once, each in a process of its own with its share of the processor's threads."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import Manager, get_context
from threading import Barrier

import torch

from benchmarks.contenders import Work
from benchmarks.contenders.bakeoff import trainer_of
from benchmarks.seeds import main
from workers.training.trainer import CompletedEpoch


def seconds(works: list[Work]) -> float:
    """Seconds from the end of all first epochs to the end of the slowest second epoch."""
    threads = max(1, torch.get_num_threads() // len(works))
    with (
        Manager() as manager,
        ProcessPoolExecutor(len(works), mp_context=get_context("spawn")) as pool,
    ):
        return max(pool.map(partial(_second_epoch, manager.Barrier(len(works)), threads), works))


def _second_epoch(all_warm: Barrier, threads: int, work: Work) -> float:
    torch.set_num_threads(threads)
    events = trainer_of(work).epochs()
    completed = (event for event in events if isinstance(event, CompletedEpoch))
    next(completed)
    all_warm.wait()
    return next(completed).epoch.seconds


if __name__ == "__main__":
    main(seconds)
