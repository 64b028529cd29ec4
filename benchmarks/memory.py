"""make bench-memory: the memory that a training takes as a job → docs/memory.md.

Service and worker run as `bakeoff up` starts them.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import typer
from rich.console import Console

from bakeoff import Client
from bakeoff.answers import Json
from benchmarks.evidence import evidence
from benchmarks.jobs import done, result_of
from benchmarks.ports import free_port
from benchmarks.printed import ROOT
from service.commands._processes import run_processes
from workers.settings import settings

TARGET = ROOT / "docs" / "memory.md"
TRAIN_IMAGES, TEST_IMAGES = 2_100, 524  # grey, 300 × 300
#: Dataset, architecture, options and recipe. Stem stride 1 keeps photographs as large as they are.
TRAININGS: Final[tuple[tuple[str, str, Json, Json], ...]] = (
    ("mnist", "fully_connected", {}, {}),
    ("mnist", "cnn", {}, {}),
    ("cifar10_images", "deep_residual_cnn", {}, {}),
    ("photographs", "cnn", {"stem_stride": 1}, {"batch_size": 32}),
    ("photographs", "cnn", {"stem_stride": 1}, {"batch_size": 32, "precision": "float32"}),
    ("photographs", "cnn", {}, {"batch_size": 32}),
)


def main() -> None:
    """Measure, print, and write the page."""
    chosen = settings().model_copy(update={"port": free_port()})
    with (
        run_processes(chosen, log_folder=chosen.data / "logs") as started,
        Client(started.url, timeout=300) as client,
    ):
        done(client, client.fetch_dataset("mnist")["id"])
        _upload_photographs(client)
        ready = {
            dataset["name"] for dataset in client.list_datasets() if dataset["state"] == "ready"
        }
        rows = [_row(client, *training) for training in TRAININGS if training[0] in ready]
    page = [
        "# The memory of a training",
        "",
        f"Written by `make bench-memory` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
        "",
        f"{evidence()}.",
        "",
        "Peak resident memory of the process of a job, with torch and with the pages of the dataset's file"
        " that the kernel has mapped; two epochs, n = 1. `photographs` are"
        f" {TRAIN_IMAGES + TEST_IMAGES:,} grey images of 300 × 300 pixels, whose file has"
        f" {(TRAIN_IMAGES + TEST_IMAGES) * 300 * 300 / 2**20:,.0f} MiB.",
        "",
        "| training | stem stride | batch size | precision | MiB |",
        "|---|---:|---:|---|---:|",
        *rows,
        "",
    ]
    TARGET.write_text("\n".join(page))
    Console().print("\n".join(page), soft_wrap=True, highlight=False, markup=False)


def _upload_photographs(client: Client) -> None:
    drawn = np.random.default_rng(0)
    numbers = (TRAIN_IMAGES, TEST_IMAGES)
    train, test = (drawn.integers(0, 256, (number, 300, 300), np.uint8) for number in numbers)
    of_train, of_test = (drawn.integers(0, 2, number, np.uint8) for number in numbers)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "photographs.npz"
        np.savez(file, x_train=train, y_train=of_train, x_test=test, y_test=of_test)
        client.upload_dataset("photographs", file)


def _row(client: Client, dataset: str, architecture: str, options: Json, recipe: Json) -> str:
    job = client.create_job(dataset, architecture, options=options, recipe={"epochs": 2, **recipe})
    done(client, job["id"])
    result = result_of(client, job["id"])
    cells = (
        f"{architecture} on {dataset}",
        str(job["options"].get("stem_stride", 1)),
        str(job["recipe"]["batch_size"]),
        result["precision"],
        f"{result['peak_memory_bytes'] / 2**20:,.0f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    typer.run(main)
