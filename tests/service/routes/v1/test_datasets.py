"""Datasets over HTTP: fetched, uploaded, deleted; and every archive that is refused."""

import io
import stat
import zipfile

import numpy as np
import pytest

from workers.datasets.fetch import DatasetUnavailableError
from workers.datasets.known import datasets


def put(service, content, name="mine"):
    return service.http.put(
        f"/v1/datasets/{name}",
        content=content,
        headers={"Content-Type": "application/octet-stream"},
    )


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.fixture
def folders(png):
    """A whole upload: two classes, three images of each in train and one in test."""
    return {
        **{f"train/{kind}/{n}.png": png() for kind in ("cat", "dog") for n in range(3)},
        **{f"test/{kind}/0.png": png() for kind in ("cat", "dog")},
    }


def test_every_registered_dataset_is_listed_absent_at_first(service):
    listed = service.http.get("/v1/datasets").json()

    assert [dataset["name"] for dataset in listed["items"]] == list(datasets)
    assert {dataset["state"] for dataset in listed["items"]} == {"absent"}
    assert all(dataset["description"] for dataset in listed["items"])
    assert listed["next"] is None


def test_a_dataset_is_fetched_by_a_job(service):
    answer = service.http.post("/v1/datasets/digits/fetch")

    assert answer.status_code == 202
    assert answer.json()["kind"] == "fetch"
    assert answer.headers["Location"] == f"/v1/jobs/{answer.json()['id']}"
    assert service.http.get("/v1/datasets/digits").json()["state"] == "fetching"
    assert service.http.post("/v1/datasets/digits/fetch").json()["id"] == answer.json()["id"]
    service.work()
    ready = service.http.get("/v1/datasets/digits").json()
    assert ready["state"] == "ready"
    assert ready["image_shape"] == {"channels": 1, "height": 8, "width": 8}
    assert ready["sizes"] == {"train": 1350, "validation": 150, "test": 297}
    assert len(ready["sha256"]) == 64


def test_an_unknown_dataset_suggests_the_nearest(service):
    for answer in (
        service.http.get("/v1/datasets/mnits"),
        service.http.post("/v1/datasets/mnits/fetch"),
    ):
        assert "did you mean 'mnist'?" in service.refused(answer, 404)


def test_class_folders_are_taken_in(service, folders):
    answer = put(service, zipped(folders))

    assert answer.status_code == 201, answer.text
    taken = answer.json()
    assert (taken["state"], taken["classes"]) == ("ready", ["cat", "dog"])
    assert service.http.get("/v1/datasets/mine").json() == taken
    assert "mine" in [
        dataset["name"] for dataset in service.http.get("/v1/datasets").json()["items"]
    ]


def test_arrays_are_taken_in_trained_on_and_deleted(service, npz):
    assert put(service, npz(classes=3)).json()["classes"] == ["0", "1", "2"]
    body = {"dataset": "mine", "architecture": "cnn", "recipe": {"epochs": 1}}
    job = service.http.post("/v1/jobs", json=body).json()
    refusal = service.refused(service.http.delete("/v1/datasets/mine"), 409)
    assert job["id"] in refusal
    service.refused(put(service, npz()), 409)
    service.work()

    assert service.http.delete("/v1/datasets/mine").status_code == 204
    service.refused(service.http.get("/v1/datasets/mine"), 404)
    service.refused(service.http.delete("/v1/datasets/mine"), 404)
    assert service.http.get("/v1/models/latest").status_code == 200


def test_images_of_another_size_are_resized_and_it_is_said(service, folders, png):
    folders["train/dog/2.png"] = png(20, 12)

    assert put(service, zipped(folders)).json()["note"] == "1 of 8 images resized to 8×8 (crop)"


def test_a_dataset_that_is_absent_can_be_uploaded_although_jobs_wait_for_it(service, folders):
    body = {"dataset": "cifar10", "architecture": "cnn", "recipe": {"epochs": 1}}
    service.http.post("/v1/jobs", json=body)

    answer = put(service, zipped(folders), name="cifar10")

    # Refused or taken for what it is; not because a job waits for exactly this.
    assert "needs dataset" not in answer.text


def test_a_well_known_dataset_is_not_replaced_by_another(service, folders):
    assert "under another name" in service.refused(put(service, zipped(folders), "mnist"), 409)
    assert service.http.get("/v1/datasets/mnist").json()["state"] == "absent"


@pytest.mark.parametrize("name", ["Mine", "1st", "a-b", "a.b", "x" * 65, "mine%2Fother"])
def test_a_name_no_dataset_can_have_is_refused(service, npz, name):
    answer = put(service, npz(), name=name)

    assert answer.status_code in {404, 422}
    service.refused(answer, answer.status_code)


def climbing(folders, png):
    return zipped({**folders, "../../train/cat/evil.png": png()})


def absolute(folders, png):
    return zipped({**folders, "/etc/train/cat/evil.png": png()})


def backslashes(folders, png):
    return zipped({**folders, "train\\..\\..\\evil.png": png()})


def link(folders, png):
    del png
    written = io.BytesIO(zipped(folders))
    with zipfile.ZipFile(written, "a") as archive:
        entry = zipfile.ZipInfo("train/cat/link.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return written.getvalue()


def bomb(folders, png):
    del png
    return zipped({**folders, "train/cat/bomb.png": b"\0" * (64 * 1024**2)})


def one_class(folders, png):
    del png
    return zipped({name: image for name, image in folders.items() if "cat" in name})


def no_image(folders, png):
    del png
    return zipped({**folders, "train/cat/readme.png": b"not an image"})


def truncated(folders, png):
    del png
    return zipped(folders)[:-200]


def damaged(folders, png):
    del png
    content = bytearray(zipped(folders, zipfile.ZIP_STORED))
    middle = content.index(b"IDAT") + 6
    content[middle : middle + 4] = b"\xff\xff\xff\xff"
    return bytes(content)


def empty_zip(folders, png):
    del folders, png
    return zipped({})


def huge_image(folders, png):
    return zipped({**folders, "train/cat/huge.png": png(10_000, 10_000)}, zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (climbing, "leaves it"),
        (absolute, "leaves it"),
        (backslashes, "leaves it"),
        (link, "symbolic link"),
        (bomb, "times its size"),
        (one_class, "at least 2 classes"),
        (no_image, "readme.png"),
        (truncated, "zip"),
        (damaged, ".png"),
        (empty_zip, "empty"),
        (huge_image, "64,000,000"),
    ],
)
def test_a_bad_archive_is_refused_with_a_sentence_and_changes_nothing(
    service, folders, png, spoil, said
):
    assert said in service.refused(put(service, spoil(folders, png)), 422)
    service.refused(service.http.get("/v1/datasets/mine"), 404)
    assert not list(service.settings.datasets_folder.glob("*.safetensors"))


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_refused_and_the_accepted_form_is_named(service, content):
    sentence = service.refused(put(service, content), 422)

    assert "train/<class>" in sentence
    assert ".npz" in sentence


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        (
            {"y_train": np.zeros(40, dtype=np.int64), "y_test": np.zeros(8, dtype=np.int64)},
            "2 classes",
        ),
        ({"y_train": np.arange(39) % 2}, "40 images"),
        ({"y_train": np.full(40, 2**40)}, "class"),
        ({"y_train": np.full(40, -1)}, "none of: '0', '1'"),
        ({"y_train": np.full(40, 0.5)}, "whole numbers"),
        ({"x_train": np.full((40, 8, 8), -3.0)}, "-3"),
        ({"x_train": np.zeros((40, 8, 8, 7), dtype=np.uint8)}, "1 or 3 channels"),
        ({"x_train": np.array([object()] * 40)}, "x_train"),
        (
            {"x_train": np.zeros((0, 8, 8), dtype=np.uint8), "y_train": np.zeros(0, int)},
            "no images",
        ),
    ],
)
def test_bad_arrays_are_refused_with_a_sentence(service, npz, replaced, said):
    assert said in service.refused(put(service, npz(**replaced)), 422)


def test_an_upload_over_the_limit_is_cut_off(service, npz):
    limited = service.settings.model_copy(update={"max_upload_bytes": 1000})
    service.http.app.state.settings = limited

    assert "1,000 bytes" in service.refused(put(service, npz()), 413)


def test_the_error_of_a_failed_fetch_is_shown(service, monkeypatch):
    def unreachable(*_):
        raise DatasetUnavailableError("dataset 'cifar10' could not be had from any source")

    monkeypatch.setattr("workers.kinds.fetch.fetch", unreachable)
    service.http.post("/v1/datasets/cifar10/fetch")
    service.work()

    shown = service.http.get("/v1/datasets/cifar10").json()

    assert shown["state"] == "failed"
    assert "could not be had" in shown["error"]
