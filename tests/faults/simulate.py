"""python -m tests.faults.simulate SEEDS, or SEED --tell to replay one: the simulator by hand."""

import argparse
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from tests.faults.simulator import SeedResult, simulate


class Summary(NamedTuple):
    """The results of many seeds."""

    num_seeds: int
    faults: Counter[str]
    outcomes: Counter[str]  # status → jobs
    failed: list[SeedResult]


def simulate_all(seeds: Iterable[int]) -> Summary:
    """Run many seeds, on every core."""
    faults: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    failed = []
    num_seeds = 0
    context = get_context("spawn")  # a database and a greenlet must not be carried across a fork
    with ProcessPoolExecutor(os.cpu_count(), context, _quiet) as processes:
        for result in processes.map(_without_history, seeds, chunksize=25):
            num_seeds += 1
            faults += result.faults
            outcomes += result.outcomes
            if result.violations:
                failed.append(result)
    return Summary(num_seeds, faults, outcomes, failed)


def describe(result: SeedResult) -> str:
    """A failed seed in words: everything that happened, what is wrong, and how to replay it."""
    wrong = "\n".join(result.violations)
    replay = f"replay: make simulate SEED={result.seed}"
    return "\n".join([f"seed {result.seed}", *result.history, wrong, replay])


def _without_history(seed: int) -> SeedResult:
    result = simulate(seed)
    return result if result.violations else SeedResult(seed, [], [], result.faults, result.outcomes)


def _quiet() -> None:
    logging.disable(logging.CRITICAL)  # workers complain of every fault


def main() -> None:
    """Run seeds and say what came of them; exit with 1 where something did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, help="how many, or which with --tell")
    parser.add_argument("--tell", action="store_true", help="run this one and tell its history")
    arguments = parser.parse_args()
    _quiet()
    if arguments.tell:
        result = simulate(arguments.seeds)
        sys.stdout.write(describe(result) + "\n")
        sys.exit(bool(result.violations))
    done = simulate_all(range(arguments.seeds))
    for result in done.failed[:1]:
        sys.stdout.write(describe(result) + "\n")
    kinds = "".join(f"{count:7,}  {fault}\n" for fault, count in done.faults.most_common())
    sys.stdout.write(
        f"{kinds}{dict(done.outcomes)}\n{done.num_seeds:,} seeds, {done.faults.total():,} faults,"
        f" {len(done.failed)} seeds in which something is lost, accepted twice or different:"
        f" {[result.seed for result in done.failed][:20]}\n"
    )
    sys.exit(bool(done.failed))


if __name__ == "__main__":
    main()
