"""A training that is cancelled, and retried after other data was uploaded under the same name."""

from typing import Any

import numpy as np
import pytest

from tests.faults.faults import at_nth
from workers import crash_points
from workers.crash_points import CrashPoint
from workers.queue import claims, leases
from workers.queue.leases import LeaseLostError
from workers.storage.database import open_database, transaction, utc_now

RECIPE = {"epochs": 4, "batch_size": 16}


def upload(service: Any, content: bytes) -> None:
    answer = service.http.put("/v1/datasets/mine", content=content)
    assert answer.status_code == 201, answer.text


def enqueue(service: Any) -> str:
    body = {"dataset": "mine", "architecture": "fully_connected", "recipe": RECIPE}
    return str(service.http.post("/v1/jobs", json=body).json()["id"])


def ended(service: Any, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = service.http.get(f"/v1/jobs/{job_id}").json()
    return job


def losses(service: Any, job_id: str) -> list[float]:
    epochs = service.http.get(f"/v1/jobs/{job_id}/metrics").json()
    return [epoch["train_loss"] for epoch in epochs["epochs"]]


def test_it_goes_on_with_the_data_that_it_began_with(service: Any, npz: Any) -> None:
    upload(service, npz())
    whole, broken_off = enqueue(service), enqueue(service)
    service.work(jobs=1)

    def cancel() -> None:
        service.http.post(f"/v1/jobs/{broken_off}/cancel")
        with transaction(open_database(service.settings.resolved_database_url)) as session:
            [lease] = claims.holders(session)
            leases.confirm_cancelled(session, lease, now=utc_now())  # as its worker would

    # The second checkpoint: one epoch is accepted, and the next will not be.
    with (
        crash_points.inject(at_nth(CrashPoint.WRITTEN, 2, cancel)),
        pytest.raises(LeaseLostError),  # which ends the process of a job
    ):
        service.work(jobs=1)
    before = ended(service, broken_off)
    assert before["status"] == "cancelled"
    assert len(losses(service, broken_off)) == 1

    generator = np.random.default_rng(7)
    other = generator.integers(0, 255, (60, 8, 8), dtype=np.uint8)
    upload(service, npz(classes=3, x_train=other))
    assert service.http.post(f"/v1/jobs/{broken_off}/retry").json()["status"] == "queued"
    service.work(jobs=1)

    after = ended(service, broken_off)
    assert after["status"] == "succeeded", after["error"]
    assert after["dataset_sha256"] == before["dataset_sha256"]
    assert after["dataset_sha256"] != service.http.get("/v1/datasets/mine").json()["sha256"]
    assert losses(service, broken_off) == losses(service, whole)
