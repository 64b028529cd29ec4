"""make bench-seeds: the seeds of a comparison one after the other, or at once → docs/seeds-at-once.md.

Each way trains in processes of its own. The ways run in turns, round after round. Ratios are taken
within a round; the median and the range over rounds are printed.
"""

import statistics
from datetime import UTC, datetime
from typing import Annotated

import torch
import typer
from rich.console import Console

from benchmarks.contenders import BATCH_SIZE, IMAGES, SHAPES
from benchmarks.evidence import evidence
from benchmarks.printed import ROOT, printed
from benchmarks.spread import spread
from workers.training.hardware.device import resolve

WAYS = ("in_turn", "in_processes", "batched")
SEEDS_ON_A_GPU = 8  # a processor takes one for each thread
TARGET = ROOT / "docs" / "seeds-at-once.md"

Rounds = list[dict[str, float]]


def main(
    rounds: Annotated[int, typer.Option(help="How often every way runs.")] = 3,
) -> None:
    """Measure, print and write the page."""
    on_a_processor = resolve("auto").type == "cpu"
    seeds = max(2, torch.get_num_threads()) if on_a_processor else SEEDS_ON_A_GPU
    rows = [row(name, measured(name, seeds, rounds)) for name in SHAPES]
    TARGET.write_text(page(rows, seeds, rounds))
    Console().print(*rows, sep="\n", soft_wrap=True, highlight=False)


def measured(architecture: str, seeds: int, rounds: int) -> Rounds:
    """For every round the seconds of each way for the second epochs of all seeds."""
    arguments = (architecture, str(IMAGES[architecture]), str(seeds))
    return [
        {way: float(printed(f"seeds.{way}", *arguments)["seconds"]) for way in WAYS}
        for _ in range(rounds)
    ]


def row(architecture: str, rounds: Rounds) -> str:
    """A line of the table."""
    in_turn = statistics.median(seconds["in_turn"] for seconds in rounds)
    ratios = [
        spread([seconds["in_turn"] / seconds[way] for seconds in rounds], "×") for way in WAYS[1:]
    ]
    cells = [architecture, f"{IMAGES[architecture]:,}", f"{in_turn:.2f}", *ratios]
    return f"| {' | '.join(cells)} |"


def page(rows: list[str], seeds: int, rounds: int) -> str:
    """The page as Markdown."""
    return "\n".join(
        [
            "# Seeds at once",
            "",
            f"Written by `make bench-seeds` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            f"{seeds} seeds of one network on one device, batch {BATCH_SIZE}: the seconds that their"
            " second epochs take one after the other, and the speed of two other ways relative to"
            f" that, median and range over n = {rounds} rounds of the ratio within a round. In"
            " processes: each seed with its share of the threads. Batched: one step for all seeds,"
            " their weights stacked (torch.func).",
            "",
            f"{evidence()}.",
            "",
            "| network | images | one after the other, s | in processes | batched |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            "Which way a worker takes, and why: [decision 16](decisions/0016-seeds-run-in-turn.md).",
            "",
        ]
    )


if __name__ == "__main__":
    typer.run(main)
