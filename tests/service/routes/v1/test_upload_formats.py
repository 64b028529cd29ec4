"""Every format over HTTP: what is taken and said, and what is refused and leaves nothing behind."""

import gzip
import io
import itertools

import numpy as np
import pytest

from tests.service.conftest import started
from tests.workers.datasets.formats.test_every_format import EXAMPLES
from tests.workers.datasets.uploads import class_folders, npz, png, tarred, zipped

FOLDERS = class_folders({"cat": 10, "dog": 10})
TABLE = {f"{n}.png": png(n) for n in range(8)}
names = (f"upload{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """One installation for all uploads here, each under a name of its own."""
    yield from started(tmp_path_factory.mktemp("uploads") / "data")


def put(service, content, name=None, **query):
    return service.http.put(
        f"/v1/datasets/{name or next(names)}",
        content=content,
        params=query,
        headers={"Content-Type": "application/octet-stream"},
    )


def kept(service):
    """Everything in the data folder but the database and locks: sizes by path."""
    return {
        str(path): path.stat().st_size
        for path in service.settings.data.rglob("*")
        if path.is_file() and not path.name.startswith("bakeoff.db") and path.suffix != ".lock"
    }


@pytest.mark.parametrize("form", EXAMPLES)
def test_an_upload_of_every_format_is_taken_and_shown(service, form):
    answer = put(service, EXAMPLES[form](), name=form)

    assert answer.status_code == 201, answer.text
    taken = answer.json()
    assert service.http.get(f"/v1/datasets/{form}").json() == taken
    assert taken["state"] == "ready"
    assert len(taken["classes"]) >= 2
    assert sum(taken["sizes"].values()) >= 8
    assert len(taken["sha256"]) == 64


def test_the_answer_says_what_was_taken_resized_and_skipped(service):
    files = {**FOLDERS, "cat/large.png": png(7, size=12), "cat/notes.txt": b"", ".hidden": b""}

    taken = put(service, zipped(files)).json()

    assert sum(taken["sizes"].values()) == 21
    assert taken["num_resized"] == 1
    assert taken["notes"] == ["1 of 21 images resized to 6×6"]
    assert taken["skipped"] == [
        {"reason": "no image file", "count": 1, "examples": ["cat/notes.txt"]},
        {"reason": "hidden file", "count": 1, "examples": [".hidden"]},
    ]


def test_what_was_found_out_of_a_table_and_of_the_numbers_is_said(service):
    rows = "\n".join(f"{n}.png;{n % 2}" for n in range(8))
    images = np.linspace(-1, 1, 20 * 36).reshape(20, 6, 6)

    table = put(service, zipped({"labels.csv": rows.encode(), **TABLE})).json()
    arrays = put(service, npz(x_train=images, y_train=np.arange(20) % 2)).json()

    assert table["notes"] == ["labels from labels.csv, separated by ';', no header"]
    assert arrays["notes"] == ["20 images scaled from -1 to 1 down to 8 bits"]
    assert arrays["geometry"]["scale"] == [-1, 1]


def test_names_of_any_script_are_answered_as_they_are(service):
    names = ["Füchse", "кошка", "犬", "hot dog", "😀"]

    taken = put(service, zipped(class_folders(dict.fromkeys(names, 3)))).json()

    assert taken["classes"] == sorted(names)


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ({}, (6, 6)),
        ({"size": "4"}, (4, 4)),
        ({"size": "8x4"}, (8, 4)),
        ({"size": "8×4", "fit": "pad"}, (8, 4)),
        ({"size": "1", "fit": "crop"}, (1, 1)),
        ({"size": "5x9", "fit": "stretch"}, (5, 9)),
    ],
)
def test_a_size_and_a_fit_are_followed(service, query, shape):
    taken = put(service, zipped(FOLDERS), **query).json()

    width, height = shape
    assert taken["image_shape"] == {"channels": 1, "height": height, "width": width}
    assert taken["geometry"]["fit"] == query.get("fit", "crop")


def test_a_share_for_the_test_is_followed(service):
    taken = put(service, zipped(FOLDERS), test_share="0.5").json()

    assert taken["sizes"]["test"] == 10
    assert taken["split"] == "stratified-test50-validation10"


def test_damaged_images_are_refused_by_name_or_skipped_counted_and_named(service):
    content = zipped({**FOLDERS, "cat/broken.png": b"hello"})

    assert "'cat/broken.png'" in service.refused(put(service, content), 422)
    taken = put(service, content, damaged="skip").json()
    assert taken["skipped"] == [
        {"reason": "damaged image", "count": 1, "examples": ["cat/broken.png"]}
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"size": "0"}, "64 or 96x128"),
        ({"size": "1025"}, "1 to 1024"),
        ({"size": "6x0"}, "64 or 96x128"),
        ({"size": "-6"}, "64 or 96x128"),
        ({"size": "6x6x6"}, "64 or 96x128"),
        ({"size": "large"}, "64 or 96x128"),
        ({"size": ""}, "64 or 96x128"),
        ({"fit": "cut"}, "crop"),
        ({"test_share": "0"}, "0.01"),
        ({"test_share": "1"}, "0.9"),
        ({"test_share": "nan"}, "test_share"),
        ({"test_share": "half"}, "test_share"),
        ({"damaged": "ignore"}, "skip"),
    ],
    ids=str,
)
def test_options_that_are_not_accepted_are_refused(service, query, said):
    before = kept(service)

    assert said in service.refused(put(service, zipped(FOLDERS), **query), 422)
    assert kept(service) == before


def test_a_share_beside_a_test_split_is_refused(service):
    content = zipped(
        class_folders({f"{split}/{k}": 3 for split in ("train", "test") for k in "ab"})
    )

    sentence = service.refused(put(service, content, test_share="0.2"), 422)

    assert "test_share is for datasets without" in sentence


LABELS = np.arange(20) % 2
IMAGES = np.zeros((20, 6, 6), np.uint8)
ALMOST_RIGHT = {
    "a zip without its end": (lambda: zipped(FOLDERS)[:-50], "zip"),
    "a tar.gz without its end": (lambda: tarred(FOLDERS, "w:gz")[:-20], "damaged"),
    "a tar.xz without its end": (lambda: tarred(FOLDERS, "w:xz")[:-20], "damaged"),
    "a bomb": (lambda: gzip.compress(tarred({"a.png": bytes(16 * 1024**2)})), "times its size"),
    "a path that leaves": (lambda: tarred({**FOLDERS, "../a.png": b""}), "leaves it"),
    "one class": (lambda: zipped(class_folders({"cat": 9})), "at least 2 classes"),
    "names that differ by case": (
        lambda: zipped(class_folders({"cat": 9, "CAT": 9})),
        "'CAT' and 'cat'",
    ),
    "a table of files that are missing": (
        lambda: zipped({"labels.csv": b"file,label\na.png,cat\nb.png,dog", **TABLE}),
        "no row of the table",
    ),
    "arrays of objects": (
        lambda: npz(x_train=IMAGES, y_train=np.array([None] * 20)),
        "Python objects",
    ),
    "labels that are too few": (lambda: npz(x_train=IMAGES, y_train=LABELS[:9]), "has 9 labels"),
    "parquet without its end": (lambda: EXAMPLES["parquet"]()[:-300], "zip"),
    "one parquet file alone, cut off": (lambda: b"PAR1" + bytes(500), "not a whole Parquet file"),
    "a large upload that is damaged": (
        lambda: zipped({"a/1.png": np.random.default_rng(0).bytes(2 * 1024**2), **FOLDERS}),
        "'a/1.png'",
    ),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_what_is_almost_right_is_refused_with_a_sentence_and_leaves_nothing(service, name):
    make, said = ALMOST_RIGHT[name]
    before = kept(service)

    assert said in service.refused(put(service, make(), name="refused"), 422)

    assert kept(service) == before
    service.refused(service.http.get("/v1/datasets/refused"), 404)


def test_a_refused_upload_leaves_the_dataset_that_had_its_name(service):
    before = put(service, zipped(FOLDERS), name="stays").json()

    service.refused(put(service, io.BytesIO(b"hello").read(), name="stays"), 422)

    assert service.http.get("/v1/datasets/stays").json() == before


def test_a_cancelled_job_goes_on_with_its_own_version_after_a_replacement(service):
    first = put(service, zipped(class_folders({"cat": 8, "dog": 7})), name="changing").json()
    body = {"dataset": "changing", "architecture": "fully_connected", "recipe": {"epochs": 1}}
    job = service.http.post("/v1/jobs", json=body).json()["id"]
    service.refused(put(service, zipped(class_folders()), name="changing"), 409)
    service.http.post(f"/v1/jobs/{job}/cancel")

    second = put(service, zipped(class_folders({"ant": 9, "bee": 9})), name="changing")
    assert second.status_code == 201, second.text
    service.http.post(f"/v1/jobs/{job}/retry")
    service.work()

    ended = service.http.get(f"/v1/jobs/{job}").json()
    assert ended["status"] == "succeeded", ended
    assert ended["result"]["dataset_sha256"] == first["sha256"] != second.json()["sha256"]
    assert service.http.get("/v1/models/latest").json()["classes"] == ["cat", "dog"]
    # Nothing needs the first version any more.
    assert not [path for path in kept(service) if f"{first['sha256']}-{first['split']}" in path]
