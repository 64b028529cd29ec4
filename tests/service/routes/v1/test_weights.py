"""Pretrained weights over HTTP: uploaded, listed, shown, deleted; and every file that is refused."""

import hashlib
import io
import json
import os

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from service.app import create_app
from service.routes import _received
from tests.service.conftest import Service
from workers.storage.full_disk import DiskFullError
from workers.weights.registration import get
from workers.weights.tensors import load

FILE = save({"stem.weight": torch.arange(6.0).reshape(2, 3), "stem.bias": torch.ones(2)})


def put(service, content=FILE, name="mine"):
    return service.http.put(
        f"/v1/weights/{name}",
        content=content,
        headers={"Content-Type": "application/octet-stream"},
    )


def kept(service):
    """The files that lie in the artifact store, and scratch in the weights folder."""
    artifacts = service.settings.data / "artifacts" / "pretrained"
    scratch = service.settings.weights_folder
    return [
        *(path.name for path in artifacts.glob("*")),
        *(path.name for path in scratch.glob("*")),
    ]


def test_a_file_is_uploaded_listed_shown_and_deleted(service):
    answer = put(service)

    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert shown["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert (shown["name"], shown["source"], shown["licence"]) == ("mine", "upload", None)
    assert (shown["num_tensors"], shown["num_parameters"]) == (2, 8)
    assert shown["num_bytes"] == len(FILE)
    assert service.http.get("/v1/weights/mine").json() == shown
    assert service.http.get("/v1/weights").json() == {"items": [shown], "next": None}
    assert kept(service) == [f"{shown['sha256']}.safetensors"]
    assert service.http.delete("/v1/weights/mine").status_code == 204
    assert service.http.get("/v1/weights").json()["items"] == []
    assert kept(service) == []


def test_a_worker_loads_what_was_uploaded(service):
    put(service)
    weights = service.http.app.state.weights
    sha256 = service.http.get("/v1/weights/mine").json()["sha256"]

    assert load(weights, sha256).tensors["stem.bias"].tolist() == [1, 1]


def test_an_upload_takes_the_place_of_weights_of_that_name(service):
    put(service)
    other = save({"stem.weight": torch.zeros(3)}, {"license": "cc-by-4.0"})

    assert put(service, other).json()["licence"] == "cc-by-4.0"
    assert kept(service) == [f"{hashlib.sha256(other).hexdigest()}.safetensors"]


def test_what_was_uploaded_outlives_the_service(service):
    put(service)

    app = create_app(service.settings)

    from workers.storage.database import transaction

    with transaction(app.state.database, read_only=True) as session:
        assert load(app.state.weights, get(session, "mine").sha256).tensors


def pickled():
    written = io.BytesIO()
    torch.save({"stem.weight": torch.ones(2)}, written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "does not begin as a safetensors file"),
        (b"<html>", "does not begin as a safetensors file"),
        (pickled(), "a pickled file"),
        (FILE[:-1], "cut off or damaged"),
        (FILE[:40], "header is cut off"),
        (FILE + b"x", "cut off or damaged"),
        (save({"a.weight": torch.tensor([1.0, float("nan")])}), "'a.weight' holds NaN or infinity"),
        (save({}), "0 tensors"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_refused_leaves_everything_as_it_was(service, content, why):
    put(service, name="before")
    before = kept(service)

    for name in ("mine", "before"):
        sentence = service.refused(put(service, content, name), 422)
        assert why in sentence
    assert kept(service) == before
    assert [row["name"] for row in service.http.get("/v1/weights").json()["items"]] == ["before"]


@pytest.mark.parametrize("name", ["Mine", ".mine", "-mine", "a%2Fb", "a b", "x" * 129, "ä"])
def test_a_name_that_no_weights_can_have_is_refused(untouched, name):
    for answer in (
        put(untouched, name=name),
        untouched.http.get(f"/v1/weights/{name}"),
        untouched.http.delete(f"/v1/weights/{name}"),
    ):
        untouched.refused(answer, 404 if "%2F" in name else 422)


def test_a_name_of_a_file_in_the_folder_is_refused_to_an_upload(untouched):
    sentence = untouched.refused(put(untouched, name="folder.mine"), 422)

    assert "'folder.' begins the names of files in the weights folder" in sentence


@pytest.mark.parametrize("metadata", [{"license": 1}, ["mit"], "mit", {"license": {"name": "mit"}}])
def test_metadata_that_is_no_object_of_texts_is_named(untouched, metadata):
    length = int.from_bytes(FILE[:8], "little")
    header = json.dumps({**json.loads(FILE[8 : 8 + length]), "__metadata__": metadata}).encode()
    content = len(header).to_bytes(8, "little") + header + FILE[8 + length :]

    sentence = untouched.refused(put(untouched, content), 422)

    assert "the '__metadata__' of its header is accepted as an object of texts" in sentence


def test_weights_that_are_not_there_are_not_found(untouched):
    for answer in (
        untouched.http.get("/v1/weights/mine"),
        untouched.http.delete("/v1/weights/mine"),
    ):
        assert "PUT /v1/weights/mine" in untouched.refused(answer, 404)


def test_an_upload_over_the_limit_is_refused_as_it_comes_in(service, monkeypatch):
    limited = service.settings.model_copy(update={"max_upload_bytes": 100})
    monkeypatch.setattr(service.http.app.state, "settings", limited)

    assert "larger than the 100 bytes" in service.refused(put(service), 413)
    assert kept(service) == []


def test_a_full_disk_is_said_as_that(service, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "full")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr("shutil.copyfile", full)

    assert "the disk is full" in service.refused(put(service), 503)
    assert kept(service) == []


@pytest.fixture(scope="module")
def taking(tmp_path_factory):
    """An installation for uploads of any kind."""
    from tests.service.conftest import started

    yield from started(tmp_path_factory.mktemp("taking"))


@given(
    st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, len(FILE)),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_file_is_taken_or_refused_and_never_an_error_of_ours(
    taking: Service, changes: list[tuple[int, int]], length: int
) -> None:
    mutated = bytearray(FILE)
    for position, value in changes:
        mutated[position] = value
    for content in (bytes(mutated), bytes(mutated[:length])):
        answer = put(taking, content)
        if answer.status_code != 201:
            taking.refused(answer, 422)


def test_a_disk_that_is_full_at_the_end_of_the_body_is_said_as_that(service, monkeypatch):
    async def write(request, file, max_bytes):
        del file, max_bytes
        async for _ in request.stream():
            pass
        raise DiskFullError("the disk is full")

    monkeypatch.setattr(_received, "_write", write)

    assert "the disk is full" in service.refused(put(service), 503)
    assert kept(service) == []
