"""make bench-tricks: train with one trick left out at a time → docs/training-tricks.md.

Every training runs in a process of its own. In each round every network is trained with all tricks
and then without each of them, so that what disturbs the machine disturbs them all. The gain of a
trick is the ratio of the seconds of an epoch within a round; its median and range are printed.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.evidence import evidence
from benchmarks.printed import ROOT, printed
from benchmarks.spread import spread
from benchmarks.tricks import TRICKS, Network, not_measurable
from workers.training.hardware.device import resolve

ALL = "nothing"  # left out
TARGET = ROOT / "docs" / "training-tricks.md"

Seconds = dict[tuple[str, Network], list[float]]  # by trick left out and network, for every round


@dataclass(frozen=True)
class Effort:
    """How much is trained."""

    rounds: int
    epochs: int = 4  # of a training; the first is the warm-up
    share: int = 1  # 10: a tenth of the images

    def images(self, network: Network) -> int:
        """Images of an epoch."""
        return network.images // self.share


QUICK = Effort(rounds=1, epochs=2, share=10)


def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="How often every training runs.")] = 3,
    trick: Annotated[list[str] | None, typer.Option(help="Only these; writes no page.")] = None,
    quick: Annotated[bool, typer.Option(help="A short round as a check; writes no page.")] = False,
) -> None:
    """Measure, print and write the page."""
    device, effort = resolve("auto"), QUICK if quick else Effort(rounds)
    reasons = {name: not_measurable(name, device) for name in trick or TRICKS}
    measurable = [name for name, reason in reasons.items() if reason is None]
    seconds = measured(measurable, effort)
    lines = [line for name in measurable for line in rows(name, seconds, effort)]
    lines += [
        f"| {TRICKS[name].title} | {TRICKS[name].plain} | | | | not measured: {reason} |"
        for name, reason in reasons.items()
        if reason is not None
    ]
    text = page(lines, effort)
    Console().print(text, soft_wrap=True, highlight=False, markup=False)
    if not quick and trick is None:
        TARGET.write_text(text)


def measured(names: Sequence[str], effort: Effort) -> Seconds:
    """Seconds of an epoch of every network, with all tricks and without each of them."""
    networks = dict.fromkeys(network for name in names for network in TRICKS[name].networks)
    seconds: Seconds = {}
    for _ in range(effort.rounds):
        for network in networks:
            for name in (ALL, *(name for name in names if network in TRICKS[name].networks)):
                seconds.setdefault((name, network), []).append(_seconds(name, network, effort))
    return seconds


def rows(name: str, seconds: Seconds, effort: Effort) -> list[str]:
    """The lines of a trick in the table, one for each of its networks."""
    trick = TRICKS[name]
    lines = []
    for network in trick.networks:
        with_all, without = seconds[ALL, network], seconds[name, network]
        speeds = [
            f"{effort.images(network) / statistics.median(taken):,.0f}"
            for taken in (with_all, without)
        ]
        ratios = [slow / fast for slow, fast in zip(without, with_all, strict=True)]
        cells = [trick.title, trick.plain, str(network), *speeds, spread(ratios, "×")]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def page(lines: Sequence[str], effort: Effort) -> str:
    """The page as Markdown."""
    return "\n".join(
        [
            "# What each trick of the trainer gains",
            "",
            f"Written by `make bench-tricks` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            "The trainer with one trick left out at a time. The gain is the speed with all tricks over"
            f" the speed without this one: median and range over n = {effort.rounds} rounds of the"
            " ratio within a round. Each training runs in a process of its own and is timed by the"
            f" median of its epochs from 2 to {effort.epochs}, evaluation left out. A trick stays if"
            " it gains 1.15× or more on one of its networks. What the tricks do, and how to remove"
            " them, is in `workers/training/hardware/README.md`.",
            "",
            f"{evidence()}.",
            "",
            "| trick | instead | network | with, images/s | without, images/s | gain |",
            "|---|---|---|---:|---:|---:|",
            *lines,
            "",
            "Shorter strides (`workers/training/hardware/strides.py`) are not in the table: they"
            " correct gradients and gain no time.",
            "",
        ]
    )


def _seconds(left_out: str, network: Network, effort: Effort) -> float:
    numbers = str(effort.images(network)), str(network.batch_size)
    arguments = (left_out, network.architecture, *numbers, network.precision, str(effort.epochs))
    return float(printed("tricks.without", *arguments)["seconds"])


if __name__ == "__main__":
    typer.run(main)
