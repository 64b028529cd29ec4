"""make bench-charts: how long each chart of a large comparison takes to be drawn, over HTTP.

One training is real; 12 architectures × 10 seeds × 100 epochs are its numbers, shaken, in the real
tables, with predictions of 10,000 test images each. Every chart is asked for several times, each
time in a width that nobody has asked for before, so that it is read, computed and drawn.
"""

import itertools
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import httpx
import numpy as np
import typer
from rich.console import Console
from safetensors.numpy import save
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bakeoff.client import Client
from benchmarks.results import free_port
from service.commands._processes import running
from workers.queue import comparisons
from workers.queue.comparisons import ComparisonRequest
from workers.settings import Settings
from workers.storage import metrics
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.tables import Job, JobStatus, Metric

CLASSES, TRAIN_IMAGES, TEST_IMAGES = 10, 1_000, 10_000
NUMBERS = ("leaderboard", "statistics", "overfitting", "gradient_flow", "failures")
USED = ("bakeoff", "matplotlib", "numpy", "scipy")

Json = dict[str, Any]


def main(
    architectures: Annotated[int, typer.Option(help="Architectures compared.")] = 12,
    seeds: Annotated[int, typer.Option(help="Seeds of each.")] = 10,
    epochs: Annotated[int, typer.Option(help="Epochs of each.")] = 100,
    rounds: Annotated[int, typer.Option(help="Times every chart is drawn.")] = 3,
    keep: Annotated[Path | None, typer.Option(help="Folder to put the pictures in.")] = None,
) -> None:
    """Make the comparison, draw every chart of it, and print how long each took."""
    console = Console(width=100, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), device="cpu", port=free_port())
        with (
            running(settings, log_folder=settings.data / "logs") as started,
            Client(started.url, timeout=600) as client,
        ):
            made = _enlarge(settings, _trained(client, settings), (architectures, seeds, epochs))
            console.print(
                f"{architectures} architectures × {seeds} seeds × {epochs} epochs,"
                f" {TEST_IMAGES:,} test images; median of n = {rounds} (fastest to slowest)"
            )
            address = f"{started.url}/v1/comparisons/{made}"
            names = [f"charts/{chart['name']}.png" for chart in client.charts(made)]
            for name in (*names, *NUMBERS):
                seconds = [
                    _seconds(f"{address}/{name}", width) for width in range(1200, 1200 + rounds)
                ]
                console.print(_row(name, seconds))
            console.print(_row("report.html", [_seconds(f"{address}/report.html", 0)]))
            if keep:
                _keep(address, names, keep)
    versions = ", ".join(f"{name} {version(name)}" for name in USED)
    console.print(f"{platform.machine()}, python {platform.python_version()}, {versions}")


def _trained(client: Client, settings: Settings) -> Json:
    """A finished job: the real result whose numbers are shaken."""
    generator = np.random.default_rng(0)
    arrays: Json = {}
    for split, count in (("train", TRAIN_IMAGES), ("test", TEST_IMAGES)):
        arrays[f"x_{split}"] = generator.integers(0, 255, (count, 28, 28), dtype=np.uint8)
        arrays[f"y_{split}"] = np.arange(count) % CLASSES
    archive = settings.data / "noise.npz"
    np.savez(archive, **arrays)
    client.upload_dataset("noise", archive)
    job = client.train("noise", "residual_cnn", recipe={"epochs": 1})
    while (job := client.job(job["id"]))["status"] in {"queued", "running"}:
        time.sleep(0.2)
    return job


def _enlarge(settings: Settings, real: Json, size: tuple[int, int, int]) -> str:
    """Put the comparison into the tables; returns its id."""
    num_architectures, num_seeds, epochs = size
    request = ComparisonRequest(
        name="large",
        dataset=real["dataset"],
        architectures=[
            {"name": "residual_cnn", "label": f"residual_cnn_{n}", "options": {"width": n}}
            for n in range(num_architectures)
        ],
        recipe={**real["recipe"], "epochs": epochs},
        recipe_hash=real["recipe_hash"],
        seeds=list(range(num_seeds)),
        priority=-100,
    )
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    with transaction(open_database(settings.resolved_database_url)) as session:
        [measured] = metrics.of_jobs(session, [real["id"]])[real["id"]].values()
        comparison, its_jobs = comparisons.create(session, request, now=utc_now())
        for job in its_jobs:
            skill = job.options["width"] / num_architectures
            generator = np.random.default_rng([job.options["width"], job.seed])
            _end(session, job, _shaken(real["result"], generator, skill))
            _record(session, job, _curves(measured, generator, skill, epochs))
            _predict(artifacts, job, generator, skill)
    return comparison.id


def _end(session: Session, job: Job, result: Json) -> None:
    job.status, job.result = JobStatus.SUCCEEDED, result
    job.started_at = job.finished_at = job.created_at
    session.flush()


def _shaken(result: Json, generator: np.random.Generator, skill: float) -> Json:
    """The result of a network that is the better, the higher its skill (0 to 1)."""
    accuracy = 0.9 + 0.08 * skill + 0.004 * float(generator.normal())
    scores = {
        split: {**result[split], "accuracy": min(1.0, accuracy + better), "loss": 1 - accuracy}
        for split, better in (("train", 0.01), ("validation", 0.0), ("test", 0.0))
    }
    counts = np.eye(CLASSES) * TEST_IMAGES / CLASSES * accuracy
    counts += generator.poisson(TEST_IMAGES * (1 - accuracy) / CLASSES**2, (CLASSES, CLASSES))
    slower = 1 + 3 * skill + 0.05 * float(generator.random())
    return {
        **result,
        **scores,
        "confusion_matrix": counts.astype(int).tolist(),
        "num_parameters": int(result["num_parameters"] * (0.1 + 4 * skill)),
        "flops": int(result["flops"] * (0.1 + 4 * skill)),
        "train_seconds": 60 * slower,
        "images_per_second": result["images_per_second"] / slower,
        "latency": [
            {**one, "p50": one["p50"] * slower, "p99": one["p99"] * slower}
            for one in result["latency"]
        ],
    }


def _curves(
    measured: dict[str, float | None], generator: np.random.Generator, skill: float, epochs: int
) -> Iterator[tuple[str, list[float]]]:
    """Every metric after every epoch: losses and gradients fall, accuracies rise, all scatter."""
    falling = np.exp(-np.arange(epochs) / (8 + 20 * skill))
    for name, value in measured.items():
        noise = 1 + 0.05 * generator.normal(size=epochs)
        if name.endswith("accuracy"):
            curve = 0.9 + 0.08 * skill - 0.6 * falling * noise
        elif name.endswith("loss"):
            curve = (0.1 + 2 * falling) * noise * (1.2 - skill / 2)
        else:
            curve = (value or 0.0) * (0.2 + falling) * noise
        yield name, curve.tolist()


def _record(session: Session, job: Job, curves: Iterator[tuple[str, list[float]]]) -> None:
    rows = [
        {"job_id": job.id, "epoch": epoch, "name": name, "value": value, "token": 0}
        for name, curve in curves
        for epoch, value in enumerate(curve, start=1)
    ]
    session.execute(insert(Metric), rows)


def _predict(
    artifacts: ArtifactStore, job: Job, generator: np.random.Generator, skill: float
) -> None:
    labels = np.arange(TEST_IMAGES) % CLASSES
    hard = np.random.default_rng(0).normal(size=(TEST_IMAGES, CLASSES))  # for all networks alike
    own = np.random.default_rng(job.options["width"]).normal(size=(TEST_IMAGES, CLASSES))
    noise = (2 * hard + own + generator.normal(size=(TEST_IMAGES, CLASSES))) / 6**0.5
    logits = noise + (2 + skill) * np.eye(CLASSES)[labels]
    odds = np.exp(2 * logits)
    probabilities = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    path = f"predictions/{job.id}/0.safetensors"
    digest = artifacts.put(path, save({"probabilities": probabilities, "labels": labels}))
    job.result = {**(job.result or {}), "predictions": path, "predictions_sha256": digest}


def _seconds(address: str, width: int) -> float:
    start = time.perf_counter()
    httpx.get(address, params={"width": width}, timeout=600).raise_for_status()
    return time.perf_counter() - start


def _row(name: str, seconds: list[float]) -> str:
    middle = statistics.median(seconds)
    return f"{name:40} {middle:6.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})"


def _keep(address: str, names: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, theme in itertools.product(names, ("light", "dark")):
        picture = httpx.get(f"{address}/{name}", params={"theme": theme}, timeout=600)
        (folder / f"{theme}-{Path(name).name}").write_bytes(picture.content)
    report = httpx.get(f"{address}/report.html", timeout=600)
    (folder / "report.html").write_bytes(report.content)


if __name__ == "__main__":
    typer.run(main)
