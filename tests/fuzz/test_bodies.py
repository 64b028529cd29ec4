"""Damaged bodies of predictions in every form: answered, or refused in a sentence, and nothing else."""

import base64
import gzip
import io
import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.damage import content_of, damaged, kept
from tests.service.conftest import Service
from tests.workers.datasets.images.image_files import samples

pytestmark = pytest.mark.filterwarnings("ignore")  # what libraries think of such files

EXAMPLES = int(os.environ.get("EXAMPLES", "3"))
some = settings(max_examples=EXAMPLES * 5, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=EXAMPLES * 100, deadline=None, suppress_health_check=list(HealthCheck))

PREDICT, EXPLAIN, INFER = (
    "/v1/models/latest/predictions",
    "/v1/models/latest/explanations",
    "/v2/models/latest/infer",
)
LENGTH = "Inference-Header-Content-Length"
SAMPLES = samples()
BOUNDARY = "a-boundary"


def npy(array: np.ndarray) -> bytes:
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


def form(*files: bytes) -> bytes:
    head = b'Content-Disposition: form-data; name="images"; filename="a.png"\r\n\r\n'
    parts = [b"--" + BOUNDARY.encode() + b"\r\n" + head + file + b"\r\n" for file in files]
    return b"".join(parts) + b"--" + BOUNDARY.encode() + b"--\r\n"


def tensor(kind: str, shape: list[int], **rest: Any) -> dict[str, Any]:
    return {"inputs": [{"name": "images", "datatype": kind, "shape": shape, **rest}], "id": "1"}


def binary(kind: str, shape: list[int], rest: bytes) -> tuple[bytes, dict[str, str]]:
    sent = tensor(kind, shape, parameters={"binary_data_size": len(rest)})
    head = json.dumps(sent).encode()
    return head + rest, {LENGTH: str(len(head))}


PNG = SAMPLES["PNG L"]
JSON = {"Content-Type": "application/json"}
PIXELS = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 1, 8, 8)
#: Name → where a whole body is sent, the body, and its headers.
BODIES: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "array of bytes": (
        PREDICT,
        npy(np.zeros((2, 8, 8), np.uint8)),
        {"Content-Type": "application/x-npy"},
    ),
    "array of floats": (PREDICT, npy(PIXELS[0]), {"Content-Type": "application/x-npy"}),
    "form": (
        PREDICT,
        form(PNG, SAMPLES["JPEG RGB"]),
        {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    ),
    "base64": (
        PREDICT,
        json.dumps({"images": [base64.b64encode(PNG).decode()]}).encode(),
        JSON,
    ),
    "instances": (PREDICT, json.dumps({"instances": PIXELS[0].tolist()}).encode(), JSON),
    "gzip": (PREDICT, gzip.compress(PNG), {"Content-Encoding": "gzip"}),
    "explanation": (EXPLAIN, json.dumps({"test_images": [0, 1]}).encode(), JSON),
    "tensor": (INFER, json.dumps(tensor("FP32", [1, 1, 8, 8], data=[0.5] * 64)).encode(), {}),
    "binary tensor": (INFER, *binary("FP32", [1, 1, 8, 8], PIXELS.tobytes())),
    "binary files": (INFER, *binary("BYTES", [1], struct.pack("<I", len(PNG)) + PNG)),
}
IMAGES = {
    name: (PREDICT, content, {"Content-Type": "image/png"}) for name, content in SAMPLES.items()
}


@pytest.mark.parametrize("name", BODIES)
@some
@given(data=st.data())
def test_a_damaged_body_is_answered_or_refused(
    trained: Service, name: str, data: st.DataObject
) -> None:
    url, body, headers = BODIES[name]
    judge(trained, url, data.draw(damaged(body)), headers)


@some
@given(data=st.data())
def test_a_damaged_image_is_answered_or_refused(trained: Service, data: st.DataObject) -> None:
    url, body, headers = IMAGES[data.draw(st.sampled_from(sorted(IMAGES)))]
    judge(trained, url, data.draw(damaged(body)), headers)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*BODIES, *IMAGES])
@many
@given(data=st.data())
def test_many_damaged_bodies_are_answered_or_refused(
    trained: Service, name: str, data: st.DataObject
) -> None:
    url, body, headers = (BODIES | IMAGES)[name]
    judge(trained, url, data.draw(damaged(body)), headers)


@pytest.mark.parametrize("path", kept("images"), ids=lambda path: path.name)
def test_an_image_that_once_broke_something_is_answered_or_refused(
    trained: Service, path: Path
) -> None:
    judge(trained, PREDICT, content_of(path), {"Content-Type": "image/png"})


@pytest.mark.parametrize("path", kept("arrays"), ids=lambda path: path.name)
def test_an_array_that_once_broke_something_is_answered_or_refused(
    trained: Service, path: Path
) -> None:
    judge(trained, PREDICT, content_of(path), {"Content-Type": "application/x-npy"})


@pytest.mark.parametrize("path", kept("tensors"), ids=lambda path: path.name)
def test_a_tensor_that_once_broke_something_is_answered_or_refused(
    trained: Service, path: Path
) -> None:
    judge(trained, INFER, content_of(path), {})


@pytest.mark.parametrize("path", kept("json"), ids=lambda path: path.name)
@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", PREDICT),
        ("POST", EXPLAIN),
        ("POST", INFER),
        ("POST", "/v1/jobs"),
        ("POST", "/v1/comparisons"),
        ("POST", "/v2/repository/index"),
        ("PATCH", "/v1/models/latest"),
        ("PUT", "/v1/aliases/champion"),
    ],
)
def test_json_that_no_body_should_be_breaks_nothing(
    trained: Service, path: Path, method: str, url: str
) -> None:
    answer = trained.http.request(method, url, content=content_of(path), headers=JSON)

    assert answer.status_code < 500, answer.text


def judge(service: Service, url: str, body: bytes, headers: dict[str, str]) -> None:
    answer = service.http.post(url, content=body, headers=headers)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"].strip()
