"""The four IDX files of MNIST and its kin, as they are published."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.workers.datasets.uploads import prepare, refusal, tarred, zipped
from workers.datasets.known import datasets

IMAGES = np.stack([np.full((5, 4), number, np.uint8) for number in range(24)])
LABELS = (np.arange(24) % 3).astype(np.uint8)
NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(array: np.ndarray, kind: int = 0x08) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, kind, array.ndim]) + sizes + array.tobytes()


def idx_files() -> dict[str, bytes]:
    contents = (idx(IMAGES), idx(LABELS), idx(IMAGES[:6]), idx(LABELS[:6]))
    return dict(zip(NAMES, contents, strict=True))


def gzipped(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{name}.gz": gzip.compress(content) for name, content in files.items()}


@pytest.mark.parametrize(
    "upload",
    [
        zipped(idx_files()),
        zipped(gzipped(idx_files())),
        tarred(idx_files(), "w:gz"),
        tarred(gzipped(idx_files())),
        zipped({f"MNIST/raw/{name}": content for name, content in idx_files().items()}),
        zipped({name.replace("-idx", ".idx"): file for name, file in idx_files().items()}),
        zipped({name.replace("t10k", "test"): file for name, file in idx_files().items()}),
    ],
    ids=["zip", "zip of gz", "tar.gz", "tar of gz", "in folders", "with a dot", "test"],
)
def test_the_four_files_are_read_gzipped_or_not(upload: bytes) -> None:
    made = prepare(upload)

    assert made.description.image_shape == (1, 5, 4)
    assert made.dataset.classes == ("0", "1", "2")
    assert sorted(made.numbers("train") + made.numbers("validation")) == list(range(24))
    assert made.numbers("test") == [0, 1, 2, 3, 4, 5]
    assert made.label_of() == {number: str(number % 3) for number in range(24)}


def test_torchvisions_folder_of_both_forms_is_read_and_what_is_left_over_counted() -> None:
    made = prepare(zipped({**idx_files(), **gzipped(idx_files()), "readme.txt": b""}))

    assert made.description.sizes["test"] == 6
    assert made.skipped() == {"none of the four files": 5}


@pytest.mark.parametrize(("kind", "name"), [(0x09, ">i1"), (0x0B, ">i2"), (0x0D, ">f4")])
def test_numbers_of_other_types_are_read(kind: int, name: str) -> None:
    images = idx(IMAGES.astype(name), kind)

    made = prepare(
        zipped({**idx_files(), NAMES[0]: images, NAMES[2]: idx(IMAGES[:6].astype(name), kind)})
    )

    assert made.numbers("test") == [0, 1, 2, 3, 4, 5]


ALMOST_RIGHT = {
    "nothing": (NAMES[0], b"", "is not an IDX file"),
    "a text": (NAMES[0], b"hello, world", "is not an IDX file"),
    "an unknown type": (NAMES[0], idx(IMAGES, 0x0A), "is not an IDX file"),
    "cut off": (NAMES[0], idx(IMAGES)[:-1], "does not fit its size"),
    "cut off in its shape": (NAMES[0], idx(IMAGES)[:9], "does not fit its size"),
    "more than it says": (NAMES[0], idx(IMAGES) + b"x", "does not fit its size"),
    "255 axes": (NAMES[0], b"\0\0\x08\xff" + b"\xff" * 1020, "does not fit its size"),
    "gzip cut off": (NAMES[0], gzip.compress(idx(IMAGES))[:-9], "is damaged"),
    "gzip of nonsense": (NAMES[0], b"\x1f\x8bnonsense", "is damaged"),
    "zeros": (NAMES[0], gzip.compress(bytes(16 * 1024**2)), "times its size"),
    "flat images": (NAMES[0], idx(IMAGES.reshape(24, 20)), "the shape (24, 20)"),
    "too few labels": (NAMES[1], idx(LABELS[:-1]), "24 images and train-labels-idx1-ubyte has 23"),
    "labels without an axis": (NAMES[1], b"\0\0\x08\0\1", "accepted are whole numbers or names"),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_idx_files_that_are_almost_right_are_refused(name: str) -> None:
    file, content, said = ALMOST_RIGHT[name]

    assert said in refusal(zipped({**idx_files(), file: content}))


def test_a_file_that_is_missing_is_named() -> None:
    files = idx_files()
    del files[NAMES[3]]

    assert "the test images or labels are missing" in refusal(zipped(files))


def test_the_real_mnist_has_the_content_it_is_known_by(shared_data: Callable[[str], Path]) -> None:
    made = prepare(shared_data("mnist"))

    assert made.description.sha256 == datasets["mnist"]().sha256
    assert made.description.sizes == {"train": 54_000, "validation": 6_000, "test": 10_000}
