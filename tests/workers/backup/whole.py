"""Whether a data folder is whole: its database is sound, and what its rows name is there."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy.orm import Session

from workers.schema.migrate import check_current
from workers.storage.database import open_database, sqlite_module, transaction
from workers.storage.tables import Dataset, Job, JobStatus, Model, WeightsFile


def problems(data: Path) -> list[str]:
    database = open_database(f"sqlite:///{data / 'bakeoff.db'}")
    try:
        check_current(database)
        with transaction(database, read_only=True) as session:
            named = dict(_named(session))
    finally:
        database.dispose()
    with closing(sqlite_module().connect(data / "bakeoff.db")) as connection:
        checked = connection.execute("PRAGMA integrity_check").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    found = [] if checked == [("ok",)] else [str(checked)]
    found += [f"{path} is not there" for path in named if not (data / "artifacts" / path).exists()]
    for path, digest in named.items():
        artifact = data / "artifacts" / path
        if artifact.exists() and digest and _sha256(artifact) != digest:
            found.append(f"{path} is another")
    return [*found, *map(str, broken)]


def _named(session: Session) -> Iterator[tuple[str, str | None]]:
    """Artifact path and SHA-256 of all that rows name."""
    yield from _of_models_and_jobs(session)
    for dataset in session.query(Dataset):
        yield f"datasets/{dataset.sha256}-{dataset.split}.safetensors", None  # of its content
        if dataset.upload:
            yield dataset.upload, dataset.upload_sha256
    for weights in session.query(WeightsFile):
        yield f"pretrained/{weights.sha256}.safetensors", weights.sha256


def _of_models_and_jobs(session: Session) -> Iterator[tuple[str, str]]:
    for model in session.query(Model):
        yield model.weights, model.weights_sha256
        if model.onnx and "path" in model.onnx:
            yield model.onnx["path"], model.onnx["sha256"]
    for job in session.query(Job):
        if job.checkpoint and job.status != JobStatus.SUCCEEDED:
            yield job.checkpoint, job.checkpoint.rpartition("-")[2].removesuffix(".safetensors")
        if job.result and "predictions" in job.result:
            yield job.result["predictions"], job.result["predictions_sha256"]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
