"""What was measured of the dashboard, as a section of docs/dashboard.md."""

import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.evidence import evidence

BEGIN, END = "<!-- written by make bench-dashboard -->", "<!-- end -->"
COMPARISONS, SIZE_OF_EACH = 10, (10, 10, 100)  # architectures, seeds, epochs
ARCHITECTURES, SEEDS, STEPS = 3, 3, 4  # of the trainings of an open page; steps in a second
MOST_SECONDS = 1.0


@dataclass(frozen=True)
class Opened:
    """How long a page took: the first time, and each time after that."""

    path: str
    first: float
    seconds: list[float]


@dataclass(frozen=True)
class Held:
    """What an open page holds: bytes of the heap of JavaScript, nodes, listeners."""

    heap_bytes: int
    nodes: int
    listeners: int


@dataclass(frozen=True)
class Measured:
    """Everything that was measured."""

    opened: list[Opened]
    held: list[Held]  # after each minute
    chromium: str  # its version


def write(target: Path, measured: Measured) -> None:
    """Put the section into the page, in place of the one that is there."""
    before, _, rest = target.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = [*_of_opening(measured), "", *_of_staying(measured)]
    target.write_text(before + "\n".join([BEGIN, *lines, END]) + after)


def _of_opening(measured: Measured) -> list[str]:
    architectures, seeds, epochs = SIZE_OF_EACH
    late = [page.path for page in measured.opened if statistics.median(page.seconds) > MOST_SECONDS]
    missed = f"missed by {', '.join(late)}" if late else "reached by all"
    return [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {evidence('uvicorn', 'fastapi', 'sqlalchemy')}; SQLite;"
        f" Chromium {measured.chromium} beside the service. {COMPARISONS} comparisons of {architectures}"
        f" architectures × {seeds} seeds × {epochs} epochs. From the navigation, with an empty cache of the"
        " browser, until nothing in view is still loading: the first time, in which the service fills its own"
        f" cache, and the median of n = {len(measured.opened[0].seconds)} after it (fastest to slowest).",
        "",
        "| page | first, s | then, s |",
        "|---|---:|---:|",
        *(
            f"| `{page.path}` | {page.first:.2f} | {_spread(page.seconds)} |"
            for page in measured.opened
        ),
        "",
        f"Wanted: {MOST_SECONDS:g} s, {missed}.",
    ]


def _of_staying(measured: Measured) -> list[str]:
    return [
        f"The page of a comparison of {ARCHITECTURES} architectures × {SEEDS} seeds stays open while all its"
        f" trainings run: each tells of its steps {STEPS} times a second, and ends an epoch every second.",
        "",
        "| after | heap of JavaScript | nodes | listeners |",
        "|---:|---:|---:|---:|",
        *(
            f"| {minute} min | {held.heap_bytes / 2**20:.1f} MiB | {held.nodes:,} | {held.listeners:,} |"
            for minute, held in enumerate(measured.held, start=1)
        ),
    ]


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"
