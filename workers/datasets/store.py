"""Datasets in the data folder: one safetensors file each, which loads in milliseconds."""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from models import ImageShape
from workers.datasets.content import Content
from workers.datasets.image_dataset import (
    VALIDATION_SHARE,
    ImageDataset,
    Split,
    hold_out_validation,
)
from workers.errors import BakeoffError

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class DatasetNameError(BakeoffError):
    """A name that no dataset can have."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a dataset's name is a lower-case letter, then up to 63 lower-case letters, digits or"
            f" underscores; {name[:80]!r} is not"
        )


class DatasetAbsentError(BakeoffError):
    """The dataset is not in the data folder."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, name: str) -> None:
        super().__init__(f"dataset '{name}' is not here; fetch or upload it first")


@dataclass(frozen=True)
class DatasetDescription:
    """What the header of a dataset's file says."""

    name: str
    classes: tuple[str, ...]
    image_shape: ImageShape
    num_train: int
    num_validation: int
    num_test: int
    sha256: str  # of the content
    source: str
    note: str


def path_of(folder: Path, name: str) -> Path:
    """Where dataset `name` is kept in `folder`."""
    if not NAME.fullmatch(name):
        raise DatasetNameError(name)
    return folder / f"{name}.safetensors"


def names(folder: Path) -> list[str]:
    """The datasets that are ready in `folder`."""
    return sorted(path.stem for path in folder.glob("*.safetensors") if NAME.fullmatch(path.stem))


def save(folder: Path, name: str, content: Content, *, source: str) -> DatasetDescription:
    """Write a dataset's file, whole or not at all; it takes the place of one that is there."""
    from safetensors.torch import save_file

    path = path_of(folder, name)
    folder.mkdir(parents=True, exist_ok=True)
    header = {
        "classes": json.dumps(content.classes),
        "sha256": content.sha256,
        "source": source,
        "note": content.note,
    }
    tensors = {
        "train_images": content.train_images.contiguous(),
        "train_labels": content.train_labels.contiguous(),
        "test_images": content.test_images.contiguous(),
        "test_labels": content.test_labels.contiguous(),
    }
    part = folder / f".{name}.{os.getpid()}.part"
    try:
        save_file(tensors, part, header)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    description = describe(folder, name)
    if description is None:
        raise DatasetAbsentError(name)
    return description


def describe(folder: Path, name: str) -> DatasetDescription | None:
    """What the header of a dataset's file says; None where there is no file."""
    path = path_of(folder, name)
    try:
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    except FileNotFoundError:
        return None
    metadata = header["__metadata__"]
    num_images, *shape = header["train_images"]["shape"]
    num_validation = max(1, round(num_images * VALIDATION_SHARE))
    return DatasetDescription(
        name=name,
        classes=tuple(json.loads(metadata["classes"])),
        image_shape=ImageShape(*shape),
        num_train=num_images - num_validation,
        num_validation=num_validation,
        num_test=header["test_labels"]["shape"][0],
        sha256=metadata["sha256"],
        source=metadata["source"],
        note=metadata["note"],
    )


def load(folder: Path, name: str) -> ImageDataset:
    """The dataset in memory, with its fixed validation split; DatasetAbsentError without a file."""
    from safetensors.torch import load_file

    description = describe(folder, name)
    if description is None:
        raise DatasetAbsentError(name)
    tensors = load_file(path_of(folder, name))
    train, validation = hold_out_validation(Split(tensors["train_images"], tensors["train_labels"]))
    return ImageDataset(
        name=name,
        classes=description.classes,
        sha256=description.sha256,
        train=train,
        validation=validation,
        test=Split(tensors["test_images"], tensors["test_labels"]),
    )


def delete(folder: Path, name: str) -> None:
    """Remove a dataset's file; DatasetAbsentError where there is none."""
    try:
        path_of(folder, name).unlink()
    except FileNotFoundError:
        raise DatasetAbsentError(name) from None


@contextlib.contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Let one process at a time prepare dataset `name`; the lock ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    path_of(folder, name)
    with (folder / f".{name}.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _clear_leftovers(folder, name)
        yield


def _clear_leftovers(folder: Path, name: str) -> None:
    """Remove what a process has left behind that died while it held the lock."""
    for part in folder.glob(f".{name}.*.part"):
        part.unlink(missing_ok=True)
    for scratch in folder.glob(f".{name}-*"):
        shutil.rmtree(scratch, ignore_errors=True)
