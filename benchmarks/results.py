"""make results: the two comparisons of the assignment, run through the service → docs/results.md.

Three networks on MNIST, beside what the assignment's author reported, and three on CIFAR-10. What an
earlier run has finished in the same data folder is used again, and what it has begun goes on.
`make results ONLY=CIFAR-10` runs one of the two and leaves the other's section as it is.
"""

import platform
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console

from bakeoff import Client
from bakeoff.answers import Json
from bakeoff.terminal.progress import watch
from benchmarks.ports import free_port
from benchmarks.printed import ROOT
from service.commands._processes import run_processes
from workers.settings import settings

TARGET = ROOT / "docs" / "results.md"


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
    chosen = [planned for planned in PLANNED if planned.name.endswith(only)]
    sections = _written()
    own = settings().model_copy(update={"port": free_port()})
    with (
        run_processes(own, log_folder=own.data / "logs") as started,
        Client(started.url, timeout=300) as client,
    ):
        for planned in chosen:
            ended = watch(console, client.follow_comparison(_comparison(client, planned)))
            sections[planned.name] = _section(client, ended)
    there = [sections[planned.name] for planned in PLANNED if planned.name in sections]
    TARGET.write_text("\n".join([*HEAD, *there]))
    console.print(f"Written: {TARGET}")


def _written() -> dict[str, str]:
    """The sections that an earlier run has left, by the name of their comparison."""
    text = TARGET.read_text() if TARGET.exists() else ""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0].removeprefix("## "): part for part in parts}


def _comparison(client: Client, planned: Planned) -> str:
    """The id of this comparison: of the one that is there, or of a new one."""
    for found in client.list_comparisons():
        if found["name"] == planned.name and found["status"] in {"queued", "running", "succeeded"}:
            return str(found["id"])
    ready = {found["name"] for found in client.list_datasets() if found["state"] == "ready"}
    dataset = next((name for name in planned.datasets if name in ready), planned.datasets[0])
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
    networks = [row for row in comparison["leaderboard"] if row["architecture"] in ORIGINAL]
    if networks:
        lines += ["### Beside the original", "", *_table(networks), ""]
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


if __name__ == "__main__":
    main(*sys.argv[1:])
