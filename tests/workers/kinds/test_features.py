"""The job that computes features, and the heads behind it, in processes that are killed or cancelled."""

import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from models import ImageShape, architectures
from tests.workers.installation import Installation, child_of_job, until
from workers.queue import dependencies
from workers.queue.jobs import JobRequest
from workers.storage.database import transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Job, JobStatus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

OPTIONS: dict[str, Any] = {"pretrained": "mine", "train": "head", "resolution": 96}
RECIPE = {"epochs": 2, "batch_size": 64}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """With weights that somebody has put into the weights folder."""
    made = Installation(tmp_path / "data")
    torch.manual_seed(0)
    made.settings.weights_folder.mkdir()
    network = architectures["timm/test_efficientnet"](ImageShape(3, 160, 160), 1000)
    save_file(network.state_dict(), made.settings.weights_folder / "mine.safetensors")
    yield made
    made.database.dispose()


def enqueue(installation: Installation, seeds: int = 2) -> list[Job]:
    requests = [
        JobRequest(
            TRAIN,
            "digits",
            "timm/test_efficientnet",
            options=OPTIONS,
            recipe=RECIPE,
            recipe_hash="0",
            seed=seed,
            pins_dataset=True,
        )
        for seed in range(seeds)
    ]
    with transaction(installation.database) as session:
        return dependencies.enqueue_trainings(session, requests, now=datetime.now(UTC))


def computing(installation: Installation, job_id: str) -> bool:
    """Whether a job has computed some of the features, and not yet all."""
    progress = installation.job(job_id).progress or {}
    return (
        progress.get("phase") == "computing features" and 0 < progress["done"] < progress["total"]
    )


@pytest.mark.slow
def test_a_kill_in_the_middle_costs_the_features_that_were_not_kept_and_nothing_else(
    installation: Installation,
) -> None:
    with installation.worker() as worker:
        heads = enqueue(installation)
        features = str(heads[0].depends_on)
        until(lambda: computing(installation, features))
        os.kill(until(lambda: child_of_job(worker.pid)), signal.SIGKILL)
        ended = installation.ended(features)
        trained = [installation.ended(head.id) for head in heads]

    assert (ended.status, ended.attempts) == (JobStatus.SUCCEEDED, 2), ended.error
    assert [job.status for job in trained] == [JobStatus.SUCCEEDED] * 2
    digests = {(job.result or {})["features"]["sha256"] for job in trained}
    assert digests == {(ended.result or {})["sha256"]}
    assert [path.suffix for path in installation.settings.features_folder.iterdir()] == [".lock"]


def test_features_are_stopped_with_the_last_head_that_waits_for_them(
    installation: Installation,
) -> None:
    with installation.worker():
        [head] = enqueue(installation, seeds=1)
        features = str(head.depends_on)
        until(lambda: computing(installation, features))
        with transaction(installation.database) as session:
            dependencies.cancel(session, head.id, now=datetime.now(UTC))
        ended = installation.ended(features)

    assert ended.status == JobStatus.CANCELLED
    assert not list((installation.settings.data / "artifacts").glob("features/*"))
