"""An installation in which much is going on, written row by row: nothing is computed for it."""

import math
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.large_comparison import enlarge
from tests.service.conftest import Service
from workers.queue import claims, jobs, leases, registrations
from workers.queue.jobs import JobRequest
from workers.queue.leases import Lease
from workers.storage.database import open_database, transaction
from workers.storage.tables import JobStatus, Registration

HOUR = timedelta(hours=1)
LARGE = (12, 10, 20)  # architectures, seeds, epochs
LONG = "A very long name of a comparison, " * 2 + "as people write who like to say everything"
MARKUP = "<img src=x onerror=alert(1)> & “שלום” 🙂"  # markup, right to left, an emoji


def copied(trained: Service, folder: Path) -> Path:
    """A copy of an installation's data, to be changed."""
    shutil.copytree(trained.settings.data, folder)
    return folder


def make_large(service: Service) -> None:
    """A comparison of many architectures and seeds, made from a training of the newest."""
    job = service.http.get("/v1/comparisons/latest").json()["jobs"][0]
    enlarge(service.settings, job, LARGE)


def make_busy(service: Service) -> None:
    """Two workers, two trainings that run, and several that wait, some of them under difficult names."""
    body = {"dataset": "digits", "recipe": {"epochs": 30}, "seeds": 10}
    for name, architectures in (
        ("digits: fully_connected, cnn", ["fully_connected", "cnn"]),
        (LONG[:100], ["fully_connected", "cnn", "residual_cnn", "resnet18", "mobilenet_v3_small"]),
        (MARKUP, ["cnn"]),
    ):
        answer = service.http.post(
            "/v1/comparisons", json={**body, "name": name, "architectures": architectures}
        )
        assert answer.status_code == 202, answer.text
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        for number, device in enumerate(("NVIDIA H100 80GB HBM3", "cpu")):
            _register(session, f"worker-{number}", device)
            _train(session, f"worker-{number}", epochs=9 + 5 * number)

        _add_features(session)


def _add_features(session: Session) -> None:
    """Features that were computed, as a job for heads would have found them."""
    now = datetime.now(UTC)
    options = {"pretrained": True, "train": "head", "resolution": 224}
    request = JobRequest("features", "digits", "timm/efficientnet_lite0", options)
    job = jobs.enqueue(session, request, now=now - HOUR)
    job.status, job.started_at, job.finished_at = JobStatus.SUCCEEDED, now - HOUR, now
    job.result = {
        "num_features": 1280,
        "seconds": 31.7,
        "images_per_second": 56.7,
        "engine": "onnx",
        "splits": {"train": 1297, "validation": 144, "test": 356},
    }


def _register(session: Session, worker: str, device: str) -> None:
    now = datetime.now(UTC)
    registrations.register(
        session,
        Registration(
            id=worker,
            host="workstation.example.org",
            pid=1,
            device=device,
            slots=1,
            started_at=now - HOUR,
            beat_at=now + HOUR,
        ),
    )


def _train(session: Session, worker: str, epochs: int) -> None:
    """Claim the next job, and write the progress of a training in its middle."""
    now = datetime.now(UTC)
    job = claims.claim(session, worker=worker, now=now, duration=HOUR)
    assert job is not None
    lease = Lease(job.id, job.token)
    for epoch in range(1, epochs + 1):
        loss = 2.3 * math.exp(-epoch / 4) + 0.05 * math.cos(3 * epoch)
        values = {"train_loss": loss, "validation_accuracy": 1 - loss / 3}
        leases.record_epoch(session, lease, epoch=epoch, values=values, checkpoint="", now=now)
    progress = {
        "phase": "training",
        "epoch": epochs + 1,
        "epochs": 30,
        "step": 7,
        "steps": 20,
        "loss": 0.0812,
        "images_per_second": 48213.0,
        "eta_seconds": 94.0,
    }
    leases.record_progress(session, lease, progress)


def move_on(service: Service, epoch: int) -> None:
    """Write that the trainings which run have come to `epoch`."""
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        for lease in claims.holders(session):
            progress = {"phase": "training", "epoch": epoch, "epochs": 30, "loss": 0.05}
            leases.record_progress(session, lease, progress)


def train_on(service: Service, epoch: int) -> None:
    """Write that the trainings which run have ended `epoch`, those that have come so far."""
    now = datetime.now(UTC)
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        for lease in claims.holders(session):
            values = {"train_loss": 0.05, "validation_accuracy": 0.98}
            if jobs.get(session, lease.job_id).epoch == epoch - 1:
                leases.record_epoch(
                    session, lease, epoch=epoch, values=values, checkpoint="", now=now
                )
