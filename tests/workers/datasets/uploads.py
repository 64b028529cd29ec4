"""Uploads as people make them, and what comes of them."""

import io
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from workers.datasets.content import ContentError
from workers.datasets.errors import ArchiveError
from workers.datasets.image_dataset import ImageDataset
from workers.datasets.preparing.decode import report_nothing
from workers.datasets.preparing.uploaded_file import prepare_file
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.loading import load
from workers.datasets.upload_options import UploadOptions

SPLITS = ("train", "validation", "test")


class Prepared(NamedTuple):
    """What became of an upload."""

    description: DatasetDescription
    dataset: ImageDataset

    def numbers(self, split: str) -> list[int]:
        """The numbers of the images of a split, as png() writes them."""
        images = getattr(self.dataset, split).images
        return [int(number) for number in images[:, 0, 0, 0]]

    def labels(self, split: str) -> list[str]:
        return [self.dataset.classes[label] for label in getattr(self.dataset, split).labels]

    def label_of(self) -> dict[int, str]:
        """The number of each image → its class."""
        return {
            number: label
            for split in SPLITS
            for number, label in zip(self.numbers(split), self.labels(split), strict=True)
        }

    def skipped(self) -> dict[str, int]:
        """Reason → number of files."""
        return {entry["reason"]: entry["count"] for entry in self.description.skipped}


def pixels(number: int = 0, size: int = 6) -> np.ndarray:
    """Grey pixels (size, size) whose first one says which image it is."""
    image = np.full((size, size), 100, np.uint8)
    image[0, 0] = number
    return image


def png(number: int = 0, size: int = 6) -> bytes:
    """The same as a file."""
    written = io.BytesIO()
    Image.fromarray(pixels(number, size)).save(written, "PNG")
    return written.getvalue()


def class_folders(classes: Mapping[str, int] | None = None) -> dict[str, bytes]:
    """Path → image: so many images in each folder, numbered throughout."""
    files: dict[str, bytes] = {}
    for folder, count in (classes or {"cat": 5, "dog": 5}).items():
        for number in range(count):
            files[f"{folder}/{number}.png"] = png(len(files))
    return files


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def tarred(files: Mapping[str, bytes], mode: Any = "w") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


def npz(**arrays: Any) -> bytes:
    written = io.BytesIO()
    np.savez(written, **arrays)
    return written.getvalue()


def prepare(upload: bytes | Path, **options: Any) -> Prepared:
    """What an upload becomes."""
    with tempfile.TemporaryDirectory() as folder:
        file = upload
        if isinstance(upload, bytes):
            file = Path(folder) / "upload"
            file.write_bytes(upload)
        prepared = Path(folder) / "prepared.safetensors"
        description = prepare_file(Path(file), prepared, UploadOptions(**options), report_nothing)
        return Prepared(description, load(prepared, "mine"))


def refusal(upload: bytes | Path, **options: Any) -> str:
    """The sentence with which an upload is refused."""
    with pytest.raises((ArchiveError, ContentError)) as refused:
        prepare(upload, **options)
    sentence = str(refused.value)
    sentence.encode()  # as an answer must be
    return sentence
