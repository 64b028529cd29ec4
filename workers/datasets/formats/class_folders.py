"""A zip of train/<class>/*.png|jpg and test/<class>/*: class names are folder names."""

import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from workers.datasets.content import MOST_CLASSES, Content
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._zip_bounds import ACCEPTED, read_entry
from workers.datasets.image_file import ImageFileError, decode

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
MOST_SIDE = 512  # pixels of the images a network is trained on
MOST_TOTAL_PIXELS = 2 * 1024**3


@dataclass(frozen=True)
class _Entry:
    split: str
    class_name: str
    info: zipfile.ZipInfo


def read_class_folders(archive: zipfile.ZipFile) -> Content:
    """The images of an archive. All become the size of the first, and grey only if all are grey."""
    entries = _image_entries(archive)
    classes = tuple(sorted({entry.class_name for entry in entries}))
    if len(classes) > MOST_CLASSES:
        raise ArchiveError(f"the archive has {len(classes)} classes; at most {MOST_CLASSES}")
    width, height = _first_size(archive, entries[0])
    images, resized, is_grey = _decode_all(archive, entries, (width, height))
    if is_grey:
        images = images[:, :1]
    labels = torch.tensor([classes.index(entry.class_name) for entry in entries])
    in_train = torch.tensor([entry.split == "train" for entry in entries])
    note = f"{resized:,} of {len(entries):,} images resized to {width}×{height}" if resized else ""
    return Content(
        classes=classes,
        train_images=images[in_train].contiguous(),
        train_labels=labels[in_train],
        test_images=images[~in_train].contiguous(),
        test_labels=labels[~in_train],
        note=note,
    )


def _image_entries(archive: zipfile.ZipFile) -> list[_Entry]:
    entries = []
    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
        if info.is_dir() or hidden or PurePosixPath(parts[-1]).suffix.lower() not in SUFFIXES:
            continue
        split = next((n for n, part in enumerate(parts[:-2]) if part in {"train", "test"}), None)
        if split is None or split != len(parts) - 3:
            continue
        entries.append(_Entry(parts[split], parts[split + 1], info))
    for split_name in ("train", "test"):
        if not any(entry.split == split_name for entry in entries):
            raise ArchiveError(f"there is no image in {split_name}/<class>/; {ACCEPTED}")
    return sorted(entries, key=lambda entry: (entry.split, entry.class_name, entry.info.filename))


def _first_size(archive: zipfile.ZipFile, entry: _Entry) -> tuple[int, int]:
    width, height = _decoded(archive, entry).size
    if max(width, height) > MOST_SIDE:
        scale = MOST_SIDE / max(width, height)
        return max(1, round(width * scale)), max(1, round(height * scale))
    return width, height


def _decode_all(
    archive: zipfile.ZipFile, entries: list[_Entry], size: tuple[int, int]
) -> tuple[Tensor, int, bool]:
    width, height = size
    if len(entries) * width * height > MOST_TOTAL_PIXELS:
        raise ArchiveError(
            f"{len(entries):,} images of {width}×{height} are more than {MOST_TOTAL_PIXELS:,} pixels"
        )
    pixels = np.empty((len(entries), height, width, 3), np.uint8)
    resized, is_grey = 0, True
    for index, entry in enumerate(entries):
        image = _decoded(archive, entry)
        is_grey = is_grey and image.mode == "L"
        if image.size != size:
            image = image.resize(size)
            resized += 1
        pixels[index] = np.asarray(image.convert("RGB"))
    return torch.from_numpy(pixels).permute(0, 3, 1, 2), resized, is_grey


def _decoded(archive: zipfile.ZipFile, entry: _Entry) -> Image.Image:
    try:
        return decode(read_entry(archive, entry.info))
    except ImageFileError as error:
        raise ArchiveError(f"'{entry.info.filename}' in the archive: {error}") from None
