"""make results: the two comparisons of the assignment, run through the service → docs/results.md.

Three networks on MNIST, beside what the assignment's author reported, and three on CIFAR-10. What an
earlier run has finished in the same data folder is used again, and what it has begun goes on.
`make results ONLY=CIFAR-10` runs one of the two and leaves the other's section as it is.
"""

import platform
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bakeoff import Client
from bakeoff.terminal.progress import watch
from service.commands._processes import running
from workers.settings import settings

TARGET = Path(__file__).parents[1] / "docs" / "results.md"

Json = dict[str, Any]


@dataclass(frozen=True)
class Planned:
    """One comparison of the assignment."""

    name: str
    datasets: tuple[str, ...]  # the first that is ready is taken, else the first
    architectures: tuple[str, ...]
    recipe: Json
    seeds: int


PLANNED = (
    Planned(
        name="The assignment on MNIST",
        datasets=("mnist",),
        architectures=("fully_connected", "cnn", "residual_cnn"),
        recipe={"epochs": 10},
        seeds=3,
    ),
    Planned(
        name="The assignment on CIFAR-10",
        datasets=("cifar10", "cifar10_images"),  # the second: an upload of the images as files
        architectures=("deep_fully_connected", "deep_residual_cnn", "regularised_residual_cnn"),
        recipe={"epochs": 2, "augmentation": "crop_and_flip", "schedule": "one_cycle"},
        seeds=3,
    ),
)

# What the author of the assignment wrote of his own networks; the machine is unknown.
ORIGINAL = {
    "fully_connected": "70,090 parameters; overfits after epoch 7",
    "cnn": "50,186 parameters; 0.993+ on test; the fastest to train",
    "residual_cnn": "163,466 parameters; the slowest to train",
}


HEAD = (
    "# Results",
    "",
    "Written by `make results`; do not edit.",
    "",
    "The assignment's comparisons, run through the service: the report of each, without its",
    "charts. Training seconds are training alone, without evaluation and start-up. Latency is from",
    "an image on the host to probabilities on the host, engine torch, in the training process.",
    "Whether training here ends as good as the ordinary loop, for all six networks:",
    "[equivalence](equivalence.md).",
    "",
)


def main(only: str = "") -> None:
    """Run what is missing of the comparisons whose name ends in `only`, and write their sections."""
    console = Console()
    planned = [one for one in PLANNED if one.name.endswith(only)]
    sections = _written()
    chosen = settings().model_copy(update={"port": free_port()})
    with (
        running(chosen, log_folder=chosen.data / "logs") as started,
        Client(started.url, timeout=300) as client,
    ):
        for one in planned:
            ended = watch(console, client.follow_comparison(_comparison(client, one)))
            sections[one.name] = _section(client, ended)
    there = [sections[one.name] for one in PLANNED if one.name in sections]
    TARGET.write_text("\n".join([*HEAD, *there]))
    console.print(f"Written: {TARGET}")


def _written() -> dict[str, str]:
    """The sections that an earlier run has left, by the name of their comparison."""
    text = TARGET.read_text() if TARGET.exists() else ""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0].removeprefix("## "): part for part in parts}


def _comparison(client: Client, planned: Planned) -> str:
    """The id of this comparison: of the one that is there, or of a new one."""
    for one in client.list_comparisons():
        if one["name"] == planned.name and one["status"] in {"queued", "running", "succeeded"}:
            return str(one["id"])
    ready = [one["name"] for one in client.list_datasets() if one["state"] == "ready"]
    dataset = next((one for one in planned.datasets if one in ready), planned.datasets[0])
    made = client.create_comparison(
        dataset,
        planned.architectures,
        recipe=planned.recipe,
        seeds=planned.seeds,
        name=planned.name,
    )
    return str(made["id"])


def _section(client: Client, comparison: Json) -> str:
    """One comparison: the report, and beside it the figures of the original where there are some."""
    result = client.show_job(comparison["jobs"][0]["id"])["result"]
    report = client.show_markdown_report(comparison["id"])
    made = f"{datetime.now(UTC):%Y-%m-%d}, {result['threads']} threads, {platform.system()}."
    lines = [_demoted(report), "", made, ""]
    beside = [row for row in comparison["leaderboard"] if row["architecture"] in ORIGINAL]
    if beside:
        lines += ["### Beside the original", "", *_table(beside), ""]
    return "\n".join(lines)


COLUMNS: dict[str, Callable[[Json], str]] = {
    "architecture": lambda row: str(row["architecture"]),
    "parameters": lambda row: f"{row['num_parameters']:,}",
    "test accuracy": lambda row: _spread(row["test_accuracy"], 100, 2, " %"),
    "training, s": lambda row: _spread(row["train_seconds"], 1, 1),
    "the original": lambda row: ORIGINAL[row["architecture"]],
}


def _table(rows: list[Json]) -> list[str]:
    lines = [list(COLUMNS), ["---"] * len(COLUMNS)]
    lines += [[cell(row) for cell in COLUMNS.values()] for row in rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _spread(estimate: Json, scale: float, digits: int, unit: str = "") -> str:
    mean, std = estimate["mean"] * scale, estimate["std"] * scale
    return f"{mean:,.{digits}f} ± {std:,.{digits}f}{unit}"


def _demoted(markdown: str) -> str:
    """The same text one heading level down."""
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in markdown.splitlines())


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main(*sys.argv[1:])
