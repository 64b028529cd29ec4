"""What was measured of the dashboard, as two parts of docs/dashboard.md."""

import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.evidence import evidence

#: Around each part of the page.
OPENING = ("<!-- pages, written by make bench-dashboard -->", "<!-- end of pages -->")
STAYING = ("<!-- memory, written by make bench-dashboard -->", "<!-- end of memory -->")
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


def write(target: Path, part: tuple[str, str], lines: list[str]) -> None:
    """Put a part into the page, in place of the one that is there."""
    begin, end = part
    before, _, rest = target.read_text().partition(begin)
    _, _, after = rest.partition(end)
    target.write_text(before + "\n".join([begin, *lines, end]) + after)


def describe_opening(opened: list[Opened], chromium: str) -> list[str]:
    """How long pages took; `chromium` is its version."""
    architectures, seeds, epochs = SIZE_OF_EACH
    late = [page.path for page in opened if statistics.median(page.seconds) > MOST_SECONDS]
    missed = f"missed by {', '.join(late)}" if late else "reached by all"
    return [
        f"{_measured(chromium)} {COMPARISONS} comparisons of {architectures}"
        f" architectures × {seeds} seeds × {epochs} epochs. From the navigation, with an empty cache of the"
        " browser, until nothing in view is still loading: the first time, in which the service fills its own"
        f" cache, and the median of n = {len(opened[0].seconds)} after it (fastest to slowest).",
        "",
        "| page | first, s | then, s |",
        "|---|---:|---:|",
        *(f"| `{page.path}` | {page.first:.2f} | {_spread(page.seconds)} |" for page in opened),
        "",
        f"Wanted: {MOST_SECONDS:g} s, {missed}.",
    ]


def describe_staying(minutes: list[Held], chromium: str) -> list[str]:
    """What an open page held after each minute."""
    return [
        f"{_measured(chromium)} The page of a comparison of {ARCHITECTURES} architectures × {SEEDS} seeds"
        f" stays open while all its trainings run: each tells of its steps {STEPS} times a second, and ends"
        " an epoch every second.",
        "",
        "| after | heap of JavaScript | nodes | listeners |",
        "|---:|---:|---:|---:|",
        *(
            f"| {minute} min | {held.heap_bytes / 2**20:.1f} MiB | {held.nodes:,} | {held.listeners:,} |"
            for minute, held in enumerate(minutes, start=1)
        ),
    ]


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def _measured(chromium: str) -> str:
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {evidence('uvicorn', 'fastapi', 'sqlalchemy')}; SQLite;"
        f" Chromium {chromium} beside the service."
    )
