"""The work that an earlier version does before its data folder is kept; README.md says what it is for."""

from io import BytesIO
from typing import Any

import httpx
import numpy as np

from tests.compatibility.earlier_version import (
    EarlierVersion,
    post,
    wait_for_end,
    wait_for_epoch,
)
from tests.waiting import until

CNN = {"name": "cnn", "options": {"channels": [4, 8]}}
FULLY_CONNECTED = {"name": "fully_connected", "options": {"widths": [16, 16]}}
#: Trained slowly enough to be interrupted; float32, so that every processor computes nearly the same.
INTERRUPTED = {"epochs": 12, "batch_size": 256, "precision": "float32"}
GIVEN_BACK = {
    "dataset": "digits",
    "seed": 7,
    "architecture": "fully_connected",
    "options": {"widths": [24], "dropout": 0.2},
    "recipe": {
        **INTERRUPTED,
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "schedule": "cosine",
    },
}
KILLED = {
    "dataset": "digits",
    "seed": 7,
    "architecture": "cnn",
    "options": CNN["options"],
    "priority": 10,
    "recipe": {
        **INTERRUPTED,
        "optimizer": "adamw",
        "learning_rate": 0.005,
        "augmentation": "crop",
        "early_stopping_patience": 1000,
    },
}
WAITING = {"dataset": "shapes", "architecture": "cnn", "recipe": {"epochs": 2}, "priority": -5}


def shapes() -> bytes:
    """A dataset to upload, as .npz: 60 grey images of 6 × 6 with a bright row, column or corner."""
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = generator.integers(0, 80, (60, 6, 6)).astype(np.uint8)
    images[labels == 0, 2, :] = 220
    images[labels == 1, :, 3] = 220
    images[labels == 2, :3, :3] = 220
    written = BytesIO()
    np.savez_compressed(
        written, x_train=images[:45], y_train=labels[:45], x_test=images[45:], y_test=labels[45:]
    )
    return written.getvalue()


def shared_request() -> tuple[dict[str, Any], dict[str, str]]:
    """The comparison that is asked for now and again by the test: body and headers."""
    recipe = {"epochs": 3, "batch_size": 64, "schedule": "one_cycle"}
    architectures = [FULLY_CONNECTED, CNN]
    body = {"dataset": "digits", "architectures": architectures, "recipe": recipe, "seeds": 2}
    return body, {"Idempotency-Key": "frozen"}


def finish_work(version: EarlierVersion, http: httpx.Client) -> None:
    """Make a comparison of two architectures by two seeds, one of its jobs, and an alias that moved."""
    http.put("/v1/datasets/shapes", content=shapes()).raise_for_status()
    with version.work():
        until(lambda: http.get("/v1/datasets/shapes").is_success)
        post(http, "/v1/datasets/digits/fetch", {})
        body, headers = shared_request()
        made = post(http, "/v1/comparisons", body, **headers)
        for job in made["jobs"]:
            wait_for_end(http, job["id"])
        several = [job["id"] for job in made["jobs"][::2]]
        post(http, "/v1/comparisons", {"name": "of jobs", "jobs": several})
        models = [model["id"] for model in http.get("/v1/models").json()["items"]]
        for model_id in models[-2:]:
            http.put("/v1/aliases/champion", json={"model_id": model_id}).raise_for_status()
        measured = {"batch_sizes": [1], "threads": [1]}
        job = post(http, "/v1/models/champion/latency", measured)
        wait_for_end(http, job["id"])


def interrupt_work(version: EarlierVersion, http: httpx.Client) -> dict[str, str]:
    """Leave a training given back to the queue, one whose worker was killed, one queued, one cancelled.

    Returns the id of each by its name.
    """
    given_back = post(http, "/v1/jobs", GIVEN_BACK)["id"]
    with version.work():
        wait_for_epoch(http, given_back, 3)
    killed = post(http, "/v1/jobs", KILLED)["id"]
    with version.run("work"):
        wait_for_epoch(http, killed, 3)
    queued = post(http, "/v1/jobs", WAITING)["id"]
    cancelled = post(http, "/v1/jobs", {**WAITING, "seed": 1})["id"]
    post(http, f"/v1/jobs/{cancelled}/cancel", {})
    jobs = {"given back": given_back, "killed": killed}
    statuses = {name: http.get(f"/v1/jobs/{job}").json()["status"] for name, job in jobs.items()}
    assert statuses == {"given back": "queued", "killed": "running"}, statuses
    return {**jobs, "queued": queued, "cancelled": cancelled}
