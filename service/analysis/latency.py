"""How long the networks of a comparison take, as measured: by engine, number of threads and batch size."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service.analysis.results import ComparisonResults, Run

AFTER_TRAINING = "torch"  # the engine that every training is measured with at its end

Row = dict[str, Any]  # one measurement: `batch_size`, `p50` and `p99` in seconds, and more


@dataclass(frozen=True, order=True)
class EngineConfiguration:
    """An engine and the number of threads it runs on."""

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
        """The throughput of one batch after the other, each taking p50."""
        return batch_size / self.p50


LatencyTable = dict[EngineConfiguration, dict[int, Latency]]  # by batch size


def is_measured(results: ComparisonResults) -> bool:
    """Whether there is more to show than what was measured at the end of each training."""
    return any(run.latency for run in results.runs)


def latency_table(results: ComparisonResults, architecture: str) -> LatencyTable:
    """What jobs of kind latency have measured of an architecture, else what its trainings have."""
    runs = [run for run in results.runs_of(architecture) if run.result is not None]
    measured = [row for run in runs for row in (run.latency or {}).get("rows", ())]
    return latency_of_rows(measured or [row for run in runs for row in _after_training(run)])


def latency_of_rows(rows: Iterable[Row]) -> LatencyTable:
    """A table of rows that name their `engine`, `threads` and `batch_size`."""
    by_configuration: dict[EngineConfiguration, list[Row]] = {}
    for row in rows:
        by_configuration.setdefault(EngineConfiguration(row["engine"], row["threads"]), []).append(
            row
        )
    return {
        configuration: _by_batch_size(by_configuration[configuration])
        for configuration in sorted(by_configuration)
    }


def latency_after_training(results: ComparisonResults, architecture: str) -> dict[int, Latency]:
    """What the trainings of an architecture have measured at their end, by batch size."""
    return _by_batch_size(
        [row for result in results.results_of(architecture) for row in result["latency"]]
    )


def _after_training(run: Run) -> list[Row]:
    result = run.result or {}
    measured_on = {"engine": AFTER_TRAINING, "threads": result["threads"]}
    return [{**row, **measured_on} for row in result["latency"]]


def _by_batch_size(rows: Iterable[Row]) -> dict[int, Latency]:
    """The mean over rows of the same batch size, the smallest size first."""
    by_size: dict[int, list[Row]] = {}
    for row in rows:
        by_size.setdefault(row["batch_size"], []).append(row)
    return {size: _mean(same) for size, same in sorted(by_size.items())}


def _mean(rows: list[Row]) -> Latency:
    return Latency(*(statistics.fmean(row[name] for row in rows) for name in ("p50", "p99")))
