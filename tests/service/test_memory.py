"""A training on photographs in the process of a job: how much memory it takes."""

import io
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tests.service.conftest import Service
from tests.waiting import until

GIB = 2**30
LIMITS = {"bfloat16": 1.5 * GIB, "float32": 1.8 * GIB}


def photographs() -> bytes:
    drawn = np.random.default_rng(0)
    arrays = {
        f"{array}_{split}": drawn.integers(0, most, (number, *shape), np.uint8)
        for split, number in (("train", 110), ("test", 32))
        for array, most, shape in (("x", 256, (300, 300)), ("y", 2, ()))
    }
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.slow
def test_a_training_on_photographs_of_300_pixels_takes_little_more_than_its_activations(
    service: Service,
) -> None:
    service.http.put("/v1/datasets/photographs", content=photographs()).raise_for_status()
    options = {"stem_stride": 1}  # at which the activations are largest
    body = {"dataset": "photographs", "architecture": "cnn", "options": options}
    recipe = {"epochs": 1, "batch_size": 32}
    job_id = service.http.post("/v1/jobs", json={**body, "recipe": recipe}).json()["id"]
    environment = {"BAKEOFF_DATA": str(service.settings.data), "BAKEOFF_DEVICE": "cpu"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.workers.quick_worker"], env={**os.environ, **environment}
    )

    def ended() -> dict[str, Any] | None:
        job = service.http.get(f"/v1/jobs/{job_id}").json()
        return job if job["status"] in {"succeeded", "failed"} else None

    try:
        job = until(ended)
    finally:
        worker.terminate()
        worker.wait(timeout=20)

    assert job["status"] == "succeeded", job["error"]
    result = job["result"]
    assert result["peak_memory_bytes"] < LIMITS[result["precision"]]
