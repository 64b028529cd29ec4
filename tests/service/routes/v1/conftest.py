"""Real digits as pictures, and an installation with one model."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from workers.latency import table


@pytest.fixture(scope="module")
def digit_images():
    pixels = (load_digits().images[1500:1532] * (255 / 16)).round().astype(np.uint8)
    return [Image.fromarray(image) for image in pixels]


@pytest.fixture(scope="module", autouse=True)  # not the session: other rooms judge latencies
def _few_samples():
    """Nothing here judges the latency of an int8 model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "WARM_UP_SECONDS", 0)
        patch.setattr(table, "IN_TURN_SECONDS", 0)
        yield


@pytest.fixture
def one_model(service):
    """An installation with one small model, which a test may spoil."""
    body = {"dataset": "digits", "architecture": "fully_connected", "recipe": {"epochs": 1}}
    service.http.post("/v1/jobs", json=body)
    service.work()
    return service
