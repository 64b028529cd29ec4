"""What a bundle predicts beside what the service predicts."""

import io
import zipfile

import pytest

CLOSE = 1e-4


def unpack(service, model, folder):
    answer = service.http.get(f"/v1/models/{model}/bundle")
    assert answer.status_code == 200, answer.text
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
    return folder


def served(service, model, content):
    """Class → probability, most probable first."""
    answer = service.http.post(
        f"/v1/models/{model}/predictions",
        content=content,
        headers={"Content-Type": "image/png"},
        params={"top_k": 100},
    )
    assert answer.status_code == 200, answer.text
    [prediction] = answer.json()["predictions"]
    return {entry["label"]: entry["probability"] for entry in prediction["top"]}


def assert_alike(predicted, expected):
    assert list(predicted) == list(expected)
    assert list(predicted.values()) == pytest.approx(list(expected.values()), abs=CLOSE)
