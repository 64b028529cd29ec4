"""A large comparison without the training: the numbers of one real job, shaken, in the real tables."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load, save
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bakeoff import Client
from bakeoff.answers import Json
from workers.queue import comparisons
from workers.queue.comparisons import ComparisonRequest
from workers.settings import Settings
from workers.storage import metrics
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.ids import new_id
from workers.storage.tables import Job, JobStatus, Metric, Model

Array = npt.NDArray[Any]

CLASSES, TRAIN_IMAGES, TEST_IMAGES = 10, 1_000, 10_000


def train(client: Client, settings: Settings) -> Json:
    """A finished job: the real result whose numbers are shaken."""
    generator = np.random.default_rng(0)
    arrays: Json = {}
    for split, count in (("train", TRAIN_IMAGES), ("test", TEST_IMAGES)):
        arrays[f"x_{split}"] = generator.integers(0, 255, (count, 28, 28), dtype=np.uint8)
        arrays[f"y_{split}"] = np.arange(count) % CLASSES
    archive = settings.data / "noise.npz"
    np.savez(archive, **arrays)
    client.upload_dataset("noise", archive)
    job = client.create_job("noise", "residual_cnn", recipe={"epochs": 1})
    while (job := client.show_job(job["id"]))["status"] in {"queued", "running"}:
        time.sleep(0.2)
    return job


def enlarge(settings: Settings, real: Json, size: tuple[int, int, int]) -> str:
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
        trained = session.scalars(select(Model).where(Model.job_id == real["id"])).one()
        result = session.get_one(Job, real["id"]).result or {}
        predictions = artifacts.get(result["predictions"], sha256=result["predictions_sha256"])
        labels = load(predictions)["labels"]
        *_, measured = metrics.of_jobs(session, [real["id"]])[real["id"]].values()
        comparison, its_jobs = comparisons.create(session, request, now=utc_now())
        for job in its_jobs:
            skill = job.options["width"] / num_architectures
            generator = np.random.default_rng([job.options["width"], job.seed])
            probabilities = _predict(labels, job.options["width"], generator, skill)
            shaken = _shaken(result, labels, probabilities, generator, skill)
            stored = _store(artifacts, job, labels, probabilities)
            _end(session, job, {**shaken, **stored, "model_id": new_id()}, epochs)
            _record(session, job, _curves(measured, generator, skill, epochs))
            _add_model(session, trained, job)
    return comparison.id


def _end(session: Session, job: Job, result: Json, epochs: int) -> None:
    job.status, job.result, job.epoch = JobStatus.SUCCEEDED, result, epochs
    job.started_at = job.finished_at = job.created_at
    session.flush()


def _add_model(session: Session, trained: Model, job: Job) -> None:
    """Give the job the model of the real one, whose weights they share."""
    result = job.result or {}
    columns = {column.key: getattr(trained, column.key) for column in Model.__table__.columns}
    scores = {f"{split}_accuracy": result[split]["accuracy"] for split in ("validation", "test")}
    own = {"id": result["model_id"], "job_id": job.id, "seed": job.seed, **scores}
    session.add(Model(**{**columns, **own}))


def _shaken(
    result: Json, labels: Array, probabilities: Array, generator: np.random.Generator, skill: float
) -> Json:
    """The result of a network that is the slower and the larger, the higher its skill (0 to 1)."""
    predicted = probabilities.argmax(axis=1)
    accuracy = float((predicted == labels).mean())
    scores = {
        split: {**result[split], "accuracy": min(1.0, accuracy + better), "loss": 1 - accuracy}
        for split, better in (("train", 0.01), ("validation", 0.0), ("test", 0.0))
    }
    counts = np.zeros([probabilities.shape[1]] * 2, dtype=int)
    np.add.at(counts, (labels, predicted), 1)
    slower = 1 + 3 * skill + 0.05 * float(generator.random())
    return {
        **result,
        **scores,
        "confusion_matrix": counts.tolist(),
        "num_parameters": int(result["num_parameters"] * (0.1 + 4 * skill)),
        "flops": int(result["flops"] * (0.1 + 4 * skill)),
        "train_seconds": 60 * slower,
        "images_per_second": result["images_per_second"] / slower,
        "latency": [
            {**row, "p50": row["p50"] * slower, "p99": row["p99"] * slower}
            for row in result["latency"]
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


def _predict(labels: Array, network: int, generator: np.random.Generator, skill: float) -> Array:
    """Probabilities [images, classes] of a network that errs the less, the higher its skill."""
    shape = (len(labels), int(labels.max()) + 1)
    hard = np.random.default_rng(0).normal(size=shape)  # for all networks alike
    own = np.random.default_rng(network).normal(size=shape)
    noise = (2 * hard + own + generator.normal(size=shape)) / 6**0.5
    logits = noise + (2 + skill) * np.eye(shape[1])[labels]
    odds = np.exp(2 * logits)
    probabilities: Array = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    return probabilities


def _store(artifacts: ArtifactStore, job: Job, labels: Array, probabilities: Array) -> Json:
    path = f"predictions/{job.id}/0.safetensors"
    digest = artifacts.put(path, save({"probabilities": probabilities, "labels": labels}))
    return {"predictions": path, "predictions_sha256": digest}
