"""Bundles over HTTP: what is in them, equal bytes, conditional requests, and refusals."""

import errno
import hashlib
import io
import json
import zipfile

from sqlalchemy import select

from service.bundles.bundle import Bundle
from workers.storage.database import open_database, transaction
from workers.storage.tables import Model

URL = "/v1/models/latest/bundle"


def unpacked(answer):
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_a_bundle_holds_graph_preprocessing_classes_program_and_card(trained):
    model = trained.http.get("/v1/models/latest").json()
    answer = trained.http.get(URL)
    files = unpacked(answer)

    assert answer.headers["Content-Type"] == "application/zip"
    assert f'filename="cnn-{model["id"]}.zip"' in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert sorted(files) == [
        "README.md",
        "classes.json",
        "model.onnx",
        "predict.py",
        "preprocessing.json",
    ]
    assert hashlib.sha256(files["model.onnx"]).hexdigest() == model["onnx"]["sha256"]
    assert json.loads(files["classes.json"]) == model["classes"]
    steps = json.loads(files["preprocessing.json"])
    assert (steps["channels"], steps["width"], steps["height"]) == (1, 8, 8)
    assert steps["input"] == {"name": "images", "type": "uint8", "shape": ["batch", 1, 8, 8]}
    assert steps["fit"] in {"crop", "pad", "stretch"}


def test_an_alias_stands_for_its_model(trained):
    assert trained.http.get("/v1/models/champion/bundle").content == trained.http.get(URL).content


def test_the_same_model_is_the_same_bytes(trained):
    first = trained.http.get(URL)
    again = trained.http.get(URL)

    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    other = trained.http.get("/v1/models").json()["items"][-1]["id"]
    assert trained.http.get(f"/v1/models/{other}/bundle").headers["ETag"] != first.headers["ETag"]


def test_a_client_that_has_the_bundle_is_told_so(trained):
    seen = {"If-None-Match": trained.http.get(URL).headers["ETag"]}
    answer = trained.http.get(URL, headers=seen)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == seen["If-None-Match"]
    assert trained.http.get(URL, headers={"If-None-Match": '"other"'}).status_code == 200


def test_there_is_no_bundle_of_no_model(trained):
    assert "no model" in trained.refused(trained.http.get("/v1/models/nothing/bundle"), 404)


def test_a_model_without_a_graph_has_no_bundle(one_model):
    with transaction(open_database(one_model.settings.resolved_database_url)) as session:
        session.scalars(select(Model)).one().onnx = {"error": "an operator is missing"}

    assert "an operator is missing" in one_model.refused(one_model.http.get(URL), 409)


def test_a_graph_that_is_damaged_or_gone_is_a_refusal(one_model):
    [graph] = one_model.settings.data.glob("artifacts/models/*/model.onnx")
    graph.write_bytes(graph.read_bytes()[:-1] + b"\x00")
    assert "damaged" in one_model.refused(one_model.http.get(URL), 410)
    graph.unlink()
    assert "missing" in one_model.refused(one_model.http.get(URL), 410)


def test_a_full_disk_is_said_as_that(trained, monkeypatch):
    def write(*_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Bundle, "write", write)

    assert "the disk is full" in trained.refused(trained.http.get(URL), 503)
