"""How long the networks of a comparison take, as it was measured: by engine, batch size and threads."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.analysis.results import ComparisonResults, Run

AFTER_TRAINING = "torch"  # the engine that every training is measured with at its end


@dataclass(frozen=True)
class Way:
    """A way to compute a prediction."""

    engine: str
    threads: int

    def __str__(self) -> str:
        return f"{self.engine}, {self.threads} thread{'s' if self.threads > 1 else ''}"


@dataclass(frozen=True)
class Latency:
    """Seconds for a batch, as the mean over the models that were measured: that of the leaderboard."""

    p50: float
    p99: float

    def images_per_second(self, batch_size: int) -> float:
        """One batch after the other, each taking p50."""
        return batch_size / self.p50


Table = dict[Way, dict[int, Latency]]  # way → batch size → latency


def is_measured(results: ComparisonResults) -> bool:
    """Whether there is more to show than what was measured at the end of each training."""
    return any(run.latency for run in results.runs)


def table_of(results: ComparisonResults, architecture: str) -> Table:
    """What is known of an architecture: tables of its models, else what its trainings measured."""
    runs = [run for run in results.of(architecture) if run.result is not None]
    measured = [row for run in runs for row in (run.latency or {}).get("rows", ())]
    rows = measured or [row for run in runs for row in _after_training(run)]
    cells: dict[Way, dict[int, list[dict[str, Any]]]] = {}
    for row in rows:
        sizes = cells.setdefault(Way(row["engine"], row["threads"]), {})
        sizes.setdefault(row["batch_size"], []).append(row)
    return {
        way: {size: _mean(found) for size, found in sorted(cells[way].items())}
        for way in sorted(cells, key=lambda one: (one.engine, one.threads))
    }


def _mean(rows: list[dict[str, Any]]) -> Latency:
    return Latency(*(statistics.fmean(row[name] for row in rows) for name in ("p50", "p99")))


def _after_training(run: Run) -> Iterator[dict[str, Any]]:
    result = run.result or {}
    for row in result["latency"]:
        yield {**row, "engine": AFTER_TRAINING, "threads": result["threads"]}
