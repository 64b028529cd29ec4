"""The bundle of a head on a backbone holds both: it gives the probabilities of the service."""

import pytest
import torch
from PIL import Image
from safetensors.torch import save

from models import ImageShape, architectures
from tests.service.bundles.bundled import CLOSE, assert_alike, served, unpack
from tests.service.conftest import started
from tests.service.routes.v1.predicting import encoded
from tests.workers.datasets.images.image_files import colour_image, noise
from tests.workers.datasets.uploads import zipped

NETWORK = "timm/test_efficientnet"
CLASSES = ("ant", "bee", "cat")
#: Of the size of the dataset, larger, of other proportions, and grey.
FILES = {
    "as_it_is.png": encoded(colour_image(40, 36)),
    "grey.png": encoded(Image.fromarray(noise(33, 21))),
    "large.jpg": encoded(colour_image(801, 603), "JPEG"),
    "noise.png": encoded(Image.fromarray(noise(36, 40, 3))),
}


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """An installation with a head on a backbone of random weights, on images that it resizes."""
    torch.manual_seed(1)
    network = architectures[NETWORK](ImageShape(3, 160, 160), 1000)
    images = [encoded(Image.fromarray(noise(36, 40 + number % 5, 3))) for number in range(36)]
    files = {f"{CLASSES[number % 3]}/{number}.png": image for number, image in enumerate(images)}
    for service in started(tmp_path_factory.mktemp("head")):
        answers = (
            service.http.put("/v1/weights/mine", content=save(network.state_dict())),
            service.http.put(
                "/v1/datasets/pets", content=zipped(files), params={"size": "40x36", "fit": "crop"}
            ),
            service.http.post(
                "/v1/jobs",
                json={
                    "dataset": "pets",
                    "architecture": NETWORK,
                    "options": {"pretrained": "mine", "train": "head", "resolution": 32},
                    "recipe": {"epochs": 20, "learning_rate": 0.01},
                },
            ),
        )
        assert [answer.status_code for answer in answers] == [201, 201, 202]
        service.work(jobs=3)  # checks, features and the head
        job = service.http.get(f"/v1/jobs/{answers[2].json()['id']}").json()
        assert job["status"] == "succeeded", job["error"]
        yield service


def test_the_bundle_of_a_head_has_the_probabilities_of_the_service(
    environment, installation, tmp_path
):
    bundle = unpack(installation, "latest", tmp_path / "bundle")
    images = tmp_path / "images"
    images.mkdir()
    for name, content in FILES.items():
        (images / name).write_bytes(content)

    predictions = environment.predict(bundle, images)

    assert predictions.keys() == FILES.keys()
    for name, content in FILES.items():
        assert_alike(predictions[name], served(installation, "latest", content))
    ants = [predicted["ant"] for predicted in predictions.values()]
    assert max(ants) - min(ants) > 100 * CLOSE  # or any head would do
