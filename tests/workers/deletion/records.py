"""Jobs that have ended, their models, comparisons and files, without any training."""

import itertools
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from tests.workers.queueing import NOW
from workers.queue import comparisons, existing_jobs, jobs
from workers.queue.comparisons import ComparisonRequest
from workers.queue.jobs import JobRequest
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction
from workers.storage.kind_names import QUANTISE, TRAIN
from workers.storage.tables import Base, Job, JobStatus, Metric, Model

numbers = itertools.count()


def add_comparison(database: Engine, num_seeds: int = 2) -> tuple[str, list[str]]:
    """A comparison that has ended, and the ids of its jobs."""
    request = ComparisonRequest(
        name="a comparison",
        dataset="digits",
        architectures=[{"name": "cnn", "label": "cnn", "options": {"n": next(numbers)}}],
        recipe={},
        recipe_hash="0",
        seeds=list(range(num_seeds)),
        pins_dataset=False,
    )
    with transaction(database) as session:
        comparison, made = comparisons.create(session, request, now=NOW)
    ids = [job.id for job in made]
    for job_id in ids:
        end(database, job_id)
    return comparison.id, ids


def compare(database: Engine, job_ids: list[str]) -> str:
    """A comparison of jobs that exist."""
    with transaction(database) as session:
        return existing_jobs.compare(session, job_ids, now=NOW)[0].id


def add_job(database: Engine, **columns: Any) -> str:
    """A training that has ended, without a comparison."""
    request = JobRequest(
        **{"kind": TRAIN, "dataset": "digits", "architecture": "cnn", "recipe": {}} | columns,
        recipe_hash="0",
        options={"n": next(numbers)},
    )
    with transaction(database) as session:
        job_id = jobs.enqueue(session, request, now=NOW).id
    end(database, job_id)
    return job_id


def end(database: Engine, job_id: str) -> None:
    """Let a job succeed with a result and a metric."""
    with transaction(database) as session:
        job = session.get_one(Job, job_id)
        job.status, job.finished_at, job.token = JobStatus.SUCCEEDED, NOW, 1
        job.result = {"model_id": f"m{job_id}", "dataset_sha256": "0"}
        session.add(Metric(job_id=job_id, epoch=1, name="loss", value=0.5, token=1))


def add_model(database: Engine, artifacts: ArtifactStore, job_id: str, of: str = "") -> str:
    """A model with files, made by a job; of model `of` the int8 form."""
    model_id = f"m{job_id}"
    for path in (
        f"models/{model_id}/weights",
        f"predictions/{job_id}/1",
        f"checkpoints/{job_id}/1",
    ):
        artifacts.put(path, b"file")
    with transaction(database) as session:
        session.add(
            Model(
                id=model_id,
                job_id=job_id,
                created_at=NOW,
                architecture="cnn",
                options={},
                dataset="digits",
                dataset_sha256="0",
                seed=0,
                recipe_hash="0",
                classes=["0", "1"],
                image_shape=[1, 8, 8],
                mean=[0.0],
                std=[1.0],
                num_parameters=1,
                validation_accuracy=1.0,
                test_accuracy=1.0,
                weights=f"models/{of or model_id}/weights",
                weights_sha256="0",
                weights_bytes=4,
                onnx=None,
                quantised_from=of or None,
            )
        )
    return model_id


def quantise(database: Engine, artifacts: ArtifactStore, model_id: str) -> str:
    """The int8 model of a model."""
    job_id = add_job(database, kind=QUANTISE, model_id=model_id)
    return add_model(database, artifacts, job_id, of=model_id)


def rows(database: Engine) -> dict[str, int]:
    """Table → how many rows it has, for those that have any."""
    with database.connect() as connection:
        counts = {
            name: len(connection.execute(select(table)).all())
            for name, table in Base.metadata.tables.items()
        }
    return {name: count for name, count in counts.items() if count}


def files(folder: Path) -> set[str]:
    """The folders of the artifact store that have a file in them."""
    return {str(path.parent.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
