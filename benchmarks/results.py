"""make results: the comparison of the assignment, run through the service → docs/results.md.

Three networks on MNIST, 10 epochs, 3 seeds, beside what the assignment's author reported.
"""

import platform
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from service.cli.live import watch
from service.cli.processes import running
from service.client import Client
from workers.settings import settings

EPOCHS = 10
SEEDS = 3
TARGET = Path(__file__).parents[1] / "docs" / "results.md"

# What the author of the assignment wrote of his own networks; the machine is unknown.
ORIGINAL = {
    "fully_connected": "70,090 parameters; overfits after epoch 7",
    "cnn": "50,186 parameters; 0.993+ on test; the fastest to train",
    "residual_cnn": "163,466 parameters; the slowest to train",
}

Json = dict[str, Any]


def main() -> None:
    """Run the comparison and write the page."""
    console = Console()
    chosen = settings().model_copy(update={"port": _free_port()})
    with (
        running(chosen, log_folder=chosen.data / "logs") as started,
        Client(started.url) as client,
    ):
        comparison = client.compare(
            "mnist", list(ORIGINAL), recipe={"epochs": EPOCHS}, seeds=SEEDS, name="assignment"
        )
        ended = watch(console, client.follow(comparison["id"]))
        results = [client.job(job["id"])["result"] for job in ended["jobs"]]
        report = client.report(ended["id"], suffix="md").decode()
    TARGET.write_text(page(ended, results[0], report))
    console.print(f"Written: {TARGET}")


def page(comparison: Json, result: Json, report: str) -> str:
    """The page as Markdown: evidence, the table beside the original's figures, the report."""
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    return "\n".join(
        [
            "# Results",
            "",
            f"Written by `make results` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            f"The assignment's three networks on MNIST: {EPOCHS} epochs, n = {SEEDS} seeds,",
            f"{result['test']['images']:,} test images, recipe `{comparison['recipe_hash']}`;",
            "mean ± standard deviation over seeds. Training seconds are training alone, without",
            "evaluation and start-up. Latency is from an image on the host to probabilities on the",
            "host, batch 1, engine torch, in the training process.",
            "",
            f"Device: {result['device_name']}, {result['threads']} threads, {platform.system()};",
            f"{versions}.",
            "",
            *_table(comparison["leaderboard"]),
            "",
            _demoted(report),
        ]
    )


def _table(leaderboard: list[Json]) -> list[str]:
    columns = [
        "architecture",
        "parameters",
        "train accuracy",
        "test accuracy",
        "macro AUC",
        "training, s",
        "images/s",
        "latency p50, µs",
        "the original",
    ]
    head = ["| " + " | ".join(columns) + " |", "|---" + "|---:" * 7 + "|---|"]
    return head + [_row(row) for row in leaderboard]


def _row(row: Json) -> str:
    cells = [
        row["architecture"],
        f"{row['num_parameters']:,}",
        _spread(row["train_accuracy"], 100, 2, " %"),
        _spread(row["test_accuracy"], 100, 2, " %"),
        _spread(row["macro_auc"], 1, 5),
        _spread(row["train_seconds"], 1, 1),
        _spread(row["images_per_second"], 1, 0),
        _spread(row["latency_p50_batch_1"], 1e6, 0),
        ORIGINAL[row["architecture"]],
    ]
    return "| " + " | ".join(cells) + " |"


def _spread(estimate: Json, scale: float, digits: int, unit: str = "") -> str:
    mean, std = estimate["mean"] * scale, estimate["std"] * scale
    return f"{mean:,.{digits}f} ± {std:,.{digits}f}{unit}"


def _demoted(markdown: str) -> str:
    """The same text one heading level down."""
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in markdown.splitlines())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
