"""The official archives of CIFAR-10 and CIFAR-100, built small; a pickle is read and never run."""

import os
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.workers.datasets.uploads import Prepared, prepare, refusal, tarred, zipped

CLASSES = ["airplane", "automobile", "bird", "cat"]
FINE = ["apple", "baby", "bear", "bed"]
COARSE = ["things", "animals"]
LABELS = np.arange(48) % 4
PIXELS = np.random.default_rng(0).integers(0, 256, (48, 3072), np.uint8)
PARTS = [slice(8 * part, 8 * part + 8) for part in range(6)]  # five of train, one of test


def tar_gz(folder: str, files: dict[str, bytes]) -> bytes:
    named = {f"{folder}/{name}": content for name, content in files.items()}
    return tarred({**named, f"{folder}/readme.html": b"<p>"}, "w:gz")


def binary(part: slice, *label_columns: np.ndarray) -> bytes:
    labels = [column[part, None].astype(np.uint8) for column in label_columns]
    return np.concatenate([*labels, PIXELS[part]], axis=1).tobytes()


def cifar10_binary_files() -> dict[str, bytes]:
    names = [*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]
    files = {name: binary(part, LABELS) for name, part in zip(names, PARTS, strict=True)}
    return {**files, "batches.meta.txt": "\n".join([*CLASSES, "", ""]).encode()}


def cifar10_binary() -> bytes:
    return tar_gz("cifar-10-batches-bin", cifar10_binary_files())


def python(content: dict[str, Any]) -> bytes:
    """As Python 2 wrote it: protocol 2, its text as bytes."""
    return pickle.dumps({name.encode(): value for name, value in content.items()}, protocol=2)


def cifar10_python_files() -> dict[str, bytes]:
    names = [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]
    files = {
        name: python({"labels": LABELS[part].tolist(), "data": PIXELS[part]})
        for name, part in zip(names, PARTS, strict=True)
    }
    names_of_classes = [name.encode() for name in CLASSES]
    return {**files, "batches.meta": python({"label_names": names_of_classes})}


def cifar10_python() -> bytes:
    return tar_gz("cifar-10-batches-py", cifar10_python_files())


def cifar100_binary() -> bytes:
    files = {
        "train.bin": binary(slice(40), LABELS % 2, LABELS),
        "test.bin": binary(slice(40, 48), LABELS % 2, LABELS),
        "fine_label_names.txt": "\n".join(FINE).encode(),
        "coarse_label_names.txt": "\n".join(COARSE).encode(),
    }
    return tar_gz("cifar-100-binary", files)


def cifar100_python() -> bytes:
    def batch(part: slice) -> bytes:
        return python(
            {
                "fine_labels": LABELS[part].tolist(),
                "coarse_labels": (LABELS[part] % 2).tolist(),
                "data": PIXELS[part],
            }
        )

    names = {"fine_label_names": FINE, "coarse_label_names": COARSE}
    meta = python({key: [name.encode() for name in found] for key, found in names.items()})
    files = {"train": batch(slice(40)), "test": batch(slice(40, 48)), "meta": meta}
    return tar_gz("cifar-100-python", {**files, "file.txt~": b""})


def check_images(made: Prepared, classes: list[str]) -> None:
    assert made.dataset.classes == tuple(classes)
    assert made.description.image_shape == (3, 32, 32)
    assert np.array_equal(made.dataset.test.images.flatten(1), PIXELS[40:])
    assert made.dataset.test.labels.tolist() == LABELS[40:].tolist()
    assert made.description.sizes == {"train": 36, "validation": 4, "test": 8}


@pytest.mark.parametrize("make", [cifar10_binary, cifar10_python])
def test_both_official_archives_of_cifar10_are_read(make: Callable[[], bytes]) -> None:
    made = prepare(make())

    check_images(made, CLASSES)
    assert made.skipped() == {"no file of images": 1}


@pytest.mark.parametrize("make", [cifar100_binary, cifar100_python])
def test_both_official_archives_of_cifar100_are_read_with_the_fine_classes(
    make: Callable[[], bytes],
) -> None:
    check_images(prepare(make()), FINE)


@pytest.mark.parametrize("make", [cifar10_binary_files, cifar10_python_files])
def test_the_same_files_in_a_zip_are_read(make: Callable[[], dict[str, bytes]]) -> None:
    check_images(prepare(zipped(make())), CLASSES)


class Harmful:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


def nested(depth: int) -> list[Any]:
    """Few bytes that stand for 10 ** depth numbers."""
    content: list[Any] = [0] * 10
    for _ in range(depth):
        content = [content] * 10
    return content


def batch(**changed: Any) -> bytes:
    return python({"labels": LABELS[:8].tolist(), "data": PIXELS[:8], **changed})


ALMOST_RIGHT = {
    "cut off": (cifar10_python_files()["data_batch_1"][:100], "cannot be read"),
    "a call": (pickle.dumps(Harmful()), "system, which is not data"),
    "a call of eval": (b"cbuiltins\neval\n(S'1'\ntR.", "builtins.eval, which is not data"),
    "a call of half a character": (
        b"\x80\x04\x8c\x03\xed\xa0\x80\x8c\x01x\x93.",
        r"it holds \ud800.x, which is not data",
    ),
    "a list": (pickle.dumps([1, 2]), "not a dictionary"),
    "no labels": (python({"data": PIXELS[:8]}), "labels of a batch are not a list"),
    "no data": (python({"labels": [0] * 8}), "are not an array"),
    "labels without end": (batch(labels=nested(12)), "labels of a batch are not a list"),
    "negative labels": (batch(labels=[-1] * 8), "whole numbers from 0"),
    "labels beyond the classes": (batch(labels=[4] * 8), "a label 4, beyond the classes"),
    "too few labels": (batch(labels=[0] * 7), "8 images and data_batch_1 has 7 labels"),
    "data of floats": (batch(data=PIXELS[:8] / 255), "not an array (N, 3072) of uint8"),
    "data of another size": (batch(data=PIXELS[:8, :100]), "the shape (8, 100)"),
    "objects": (batch(data=np.array([[None]])), "not an array"),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_a_pickle_that_is_almost_right_is_refused_and_never_run(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, said = ALMOST_RIGHT[name]
    ran: list[str] = []
    monkeypatch.setattr(os, "system", ran.append)

    assert said in refusal(zipped({**cifar10_python_files(), "data_batch_1": content}))
    assert ran == []


def test_class_names_without_end_are_refused() -> None:
    files = {**cifar10_python_files(), "batches.meta": python({"label_names": nested(12)})}

    assert "the names of the classes are missing" in refusal(zipped(files))


def test_a_pickle_cannot_change_how_the_next_is_read() -> None:
    spoilt = (
        b"\x80\x02c_codecs\nencode\nN}X\x0c\x00\x00\x00__defaults__X\x04\x00\x00\x00oops\x85s\x86b."
    )
    refusal(zipped({**cifar10_python_files(), "data_batch_1": spoilt}))

    check_images(prepare(cifar10_python()), CLASSES)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (cifar10_binary_files()["data_batch_1.bin"][:-1], "not whole records of 3,073"),
        (b"", "not whole records"),
        (b"\xff" * 3073, "a label 255, beyond the classes"),
    ],
    ids=["cut off", "nothing", "a label beyond"],
)
def test_a_binary_batch_that_is_almost_right_is_refused(content: bytes, said: str) -> None:
    files = {**cifar10_binary_files(), "data_batch_1.bin": content}

    assert said in refusal(tar_gz("cifar-10-batches-bin", files))


def test_an_archive_without_one_of_its_files_is_refused() -> None:
    files = cifar10_python_files()
    del files["data_batch_3"]

    assert "in none of the accepted formats" in refusal(zipped(files))
