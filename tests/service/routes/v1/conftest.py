"""Real digits as pictures, and an installation with one model."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from service.inference.predictor import Predictor
from tests.service.routes.v1.predicting import encoded
from tests.workers.datasets.images.image_files import colour_image
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


@pytest.fixture
def pixels_seen(monkeypatch):
    """What the models are given."""
    seen = []
    classify = Predictor.classify

    def record(self, images, *arguments, **options):
        seen.append(images[0].transpose(1, 2, 0))
        return classify(self, images, *arguments, **options)

    monkeypatch.setattr(Predictor, "classify", record)
    return seen


@pytest.fixture
def prepared_by(trained, monkeypatch):
    """Lets every model have been trained on images that were prepared in some way."""
    comparison = trained.http.get("/v1/comparisons").json()["items"][0]["id"]
    all_models = f"/v1/comparisons/{comparison}/predictions"
    trained.http.post(all_models, content=encoded(colour_image()))  # all are in memory
    predictors = trained.http.app.state.predictors._loaded.values()

    def let(preparation):
        for predictor in predictors:
            monkeypatch.setattr(predictor, "preparation", preparation)
        return all_models

    return let
