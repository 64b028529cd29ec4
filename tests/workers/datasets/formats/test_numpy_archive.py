"""Arrays as Keras and MedMNIST have them, of any numbers; only numbers and text are read."""

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as npy

from tests.workers.datasets.uploads import npz, prepare, refusal, tarred, zipped

NUMBERS = np.arange(20)
IMAGES = np.stack([np.full((6, 6), 10 * n, np.uint8) for n in NUMBERS])
LABELS = NUMBERS % 2
KERAS = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:6], "y_test": LABELS[:6]}


def test_keras_names_without_a_validation_split() -> None:
    made = prepare(npz(**KERAS))

    assert made.description.sizes == {"train": 18, "validation": 2, "test": 6}
    assert made.numbers("test") == [0, 10, 20, 30, 40, 50]
    assert made.dataset.classes == ("0", "1")


def test_medmnist_names_with_a_validation_split_and_a_column_of_labels() -> None:
    column = LABELS.reshape(-1, 1).astype(np.uint8)
    colour = np.repeat(IMAGES[..., None], 3, axis=3)
    made = prepare(
        npz(
            train_images=colour,
            train_labels=column,
            val_images=colour[:4],
            val_labels=column[:4],
            test_images=colour[:6],
            test_labels=column[:6],
        )
    )

    assert made.description.sizes == {"train": 20, "validation": 4, "test": 6}
    assert made.description.image_shape == (3, 6, 6)
    assert made.description.split == "given"


@pytest.mark.parametrize("names", [("images", "labels"), ("x", "y"), ("X_train", "Y_train")])
def test_without_splits_they_are_held_out(names: tuple[str, str]) -> None:
    made = prepare(npz(**dict(zip(names, (IMAGES, LABELS), strict=True))))

    assert made.description.sizes == {"train": 14, "validation": 2, "test": 4}


def compressed(**arrays: Any) -> bytes:
    written = io.BytesIO()
    np.savez_compressed(written, **arrays)
    return written.getvalue()


def test_compressed_arrays_are_the_same_dataset() -> None:
    sha256 = prepare(npz(**KERAS)).description.sha256

    assert prepare(compressed(**KERAS)).description.sha256 == sha256
    with zipfile.ZipFile(io.BytesIO(npz(**KERAS))) as archive:
        arrays = {name: archive.read(name) for name in archive.namelist()}
    assert prepare(zipped(arrays, zipfile.ZIP_LZMA)).description.sha256 == sha256
    assert prepare(tarred(arrays, "w:xz")).description.sha256 == sha256


@pytest.mark.parametrize(
    ("images", "scale"),
    [
        (IMAGES.astype(">u2") * 257, (0, 65535)),
        (IMAGES.astype(np.int64), (0, 255)),
        (IMAGES.astype(np.int16) * 16, (0, 4095)),
        (IMAGES.astype(np.float32) / 255, (0, 1)),
        (IMAGES.astype(np.float64) / 127.5 - 1, (-1, 1)),
        (IMAGES.astype(np.float16), (0, 255)),
    ],
    ids=["uint16", "int64", "12 bits", "0..1", "-1..1", "float16"],
)
def test_numbers_of_any_kind_get_one_scale_that_is_said(
    images: np.ndarray, scale: tuple[float, float]
) -> None:
    made = prepare(npz(x_train=images, y_train=LABELS))

    numbers = sorted(
        number for split in ("train", "validation", "test") for number in made.numbers(split)
    )
    assert np.allclose(numbers, 10 * NUMBERS, atol=1)
    found = made.description.preparation.scale
    assert found is not None
    assert (found.black, found.white) == scale
    assert f"scaled from {scale[0]} to {scale[1]} down to 8 bits" in made.description.notes[0]


@pytest.mark.parametrize(
    "images",
    [
        IMAGES,
        IMAGES[..., None],
        IMAGES[:, None],
        np.repeat(IMAGES[:, None], 3, axis=1),
        np.repeat(IMAGES[..., None], 3, axis=3),
    ],
    ids=lambda images: str(images.shape),
)
def test_the_axis_of_channels_is_found(images: np.ndarray) -> None:
    made = prepare(npz(x_train=images, y_train=LABELS))

    channels = 3 if 3 in images.shape else 1
    assert made.description.image_shape == (channels, 6, 6)
    assert made.label_of() == {10 * n: str(n % 2) for n in NUMBERS}


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (LABELS + 1, ("1", "2")),
        (LABELS.astype(np.float32), ("0", "1")),
        (LABELS.astype(bool), ("0", "1")),
        (LABELS.astype(">i4") * 20 - 10, ("-10", "10")),
        (np.eye(2)[LABELS], ("0", "1")),
        (np.eye(2, dtype=bool)[LABELS], ("0", "1")),
        (np.array(["chat", "été"])[LABELS], ("chat", "été")),
        (np.array([b"cat", b"dog"])[LABELS], ("cat", "dog")),
        (np.array([["b"], ["a"]])[LABELS], ("a", "b")),
    ],
    ids=str,
)
def test_labels_of_any_kind_are_read(labels: np.ndarray, classes: tuple[str, ...]) -> None:
    made = prepare(npz(x_train=IMAGES, y_train=labels))

    assert made.dataset.classes == classes
    first = made.label_of()[0]
    assert all((label == first) == (number % 20 == 0) for number, label in made.label_of().items())


def test_arrays_of_other_names_are_counted() -> None:
    made = prepare(npz(**KERAS, weights=np.zeros(3)))

    assert made.skipped() == {"array of another name": 1}


def with_header(header: dict[str, Any], content: bytes = b"") -> bytes:
    written = io.BytesIO()
    npy.write_array_header_1_0(written, header)
    return written.getvalue() + content


def with_file(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(npz(**KERAS))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**files, f"{name}.npy": content})


def header_of(**changed: Any) -> dict[str, Any]:
    return {"descr": "|u1", "fortran_order": False, "shape": (20, 6, 6), **changed}


ALMOST_RIGHT = {
    "objects": (npz(**(KERAS | {"x_train": np.array([object()] * 20)})), "Python objects"),
    "labels of objects": (npz(**(KERAS | {"y_train": np.array(["a"] * 20, object)})), "objects"),
    "too few labels": (npz(**(KERAS | {"y_train": LABELS[:19]})), "20 images and y_train has 19"),
    "Fortran order": (npz(**(KERAS | {"x_train": np.asfortranarray(IMAGES)})), "Fortran's order"),
    "a negative axis": (
        with_file("x_train", with_header(header_of(shape=(-1, 6, 6)))),
        "no array has the shape (-1, 6, 6)",
    ),
    "a huge shape": (with_file("x_train", with_header(header_of(shape=(10**18, 6, 6)))), "damaged"),
    "a file cut off": (with_file("x_train", with_header(header_of(), b"abc")), "does not fit"),
    "no array": (with_file("x_train", b"hello"), "x_train.npy is not an array"),
    "labels cut off": (
        with_file("y_train", with_header(header_of(shape=(20,)), b"abc")),
        "not a whole array",
    ),
    "texts of no letters": (
        with_file("y_train", with_header(header_of(descr="<U0", shape=(10**12,)))),
        "does not fit its size",
    ),
    "images of no size": (
        npz(**(KERAS | {"x_train": np.zeros((20, 0, 6), np.uint8)})),
        "sides of 1 to",
    ),
    "flat images": (npz(**(KERAS | {"x_train": IMAGES.reshape(20, 36)})), "the shape (20, 36)"),
    "four channels": (npz(**(KERAS | {"x_train": np.zeros((20, 6, 6, 4))})), "1 or 3 channels"),
    "complex numbers": (npz(**(KERAS | {"x_train": IMAGES * 1j})), "whole numbers and floats"),
    "records": (
        npz(**(KERAS | {"x_train": np.zeros((20, 6, 6), [("a", "u1"), ("b", "u1")])})),
        "whole numbers and floats",
    ),
    "no labels": (npz(x_train=IMAGES), "has x_train and no y_train"),
    "no images": (npz(y_train=LABELS), "has y_train and no x_train"),
    "other names": (npz(pictures=IMAGES, answers=LABELS), "the .npz has answers, pictures"),
    "nothing": (npz(x_train=IMAGES[:0], y_train=LABELS[:0]), "there are no images"),
    "fractions": (npz(**(KERAS | {"y_train": LABELS / 2})), "has fractions"),
    "infinite labels": (npz(**(KERAS | {"y_train": LABELS + np.inf})), "has fractions"),
    "labels that are not UTF-8": (
        npz(**(KERAS | {"y_train": np.array([b"caf\xe8", b"caf\xe9"])[LABELS]})),
        "not Unicode",
    ),
    "labels that are no characters": (
        with_file("y_train", with_header(header_of(descr="<U1", shape=(20,)), b"\xff" * 80)),
        "not Unicode",
    ),
    "two marks in a row": (npz(**(KERAS | {"y_train": np.ones((20, 2))})), "not one-hot"),
    "images of NaN": (
        npz(x_train=np.where(IMAGES == 50, np.nan, IMAGES / 255), y_train=LABELS),
        "the pixels go from nan to nan",
    ),
    "numbers beyond any scale": (npz(x_train=IMAGES - 1e6, y_train=LABELS), "go from -1e+06"),
    "a million labels": (
        npz(x_train=np.zeros((1_000_001, 1, 1), np.uint8), y_train=np.zeros(1_000_001)),
        "more than 1,000,000 files or images",
    ),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_arrays_that_are_almost_right_are_refused(name: str) -> None:
    content, said = ALMOST_RIGHT[name]

    assert said in refusal(content)
