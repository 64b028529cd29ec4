"""An `.npz` with the names of Keras (`x_train`, `y_train`, …) or MedMNIST (`train_images`, …).

Images are (N, H, W), (N, H, W, C) or (N, C, H, W), of any whole numbers or floats, with one scale for
all of them. Labels are whole numbers from any start, a column, one-hot rows or names. Validation and
test may be missing; without any split, the names are `images` and `labels`, or `x` and `y`.
"""

import io
import math
from pathlib import Path
from typing import Any

from numpy.lib import format as npy
from numpy.typing import NDArray

from workers.datasets.archives import Archive
from workers.datasets.archives.limits import MAX_TABLE_BYTES
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._arrays import as_images, as_labels, label_images
from workers.datasets.images.image_arrays import (
    MAX_HEADER,
    NpyHeader,
    NpyHeaderError,
    read_header,
)
from workers.datasets.listings.listing import ListedImage, Listing, Skipped, SplitName
from workers.datasets.listings.places import ArrayFile

ACCEPTED = (
    "arrays x_train, y_train, x_test, y_test (Keras) or train_images, train_labels, … (MedMNIST)"
)
NAMES: dict[tuple[str, str], SplitName | None] = {
    ("x_train", "y_train"): "train",
    ("x_val", "y_val"): "validation",
    ("x_test", "y_test"): "test",
    ("train_images", "train_labels"): "train",
    ("val_images", "val_labels"): "validation",
    ("test_images", "test_labels"): "test",
    ("images", "labels"): None,
    ("x", "y"): None,
}
MAX_START = MAX_HEADER + 64  # with the magic and the length of the header


def matches(archive: Archive) -> bool:
    """Whether it holds arrays and nothing else."""
    return all(name.endswith(".npy") for name in archive.names)


def read(archive: Archive, scratch: Path) -> Listing:
    """The images of the arrays, which are read where they lie; only numbers and text are read."""
    del scratch
    present = {name.removesuffix(".npy").lower(): name for name in archive.names}
    images: list[ListedImage] = []
    used: set[str] = set()
    for pair, split in NAMES.items():
        if not any(name in present for name in pair):
            continue
        for name, other in (pair, pair[::-1]):
            if name not in present:
                raise ArchiveError(f"the .npz has {other} and no {name}; accepted are {ACCEPTED}")
        used |= {present[name] for name in pair}
        array = as_images(_array_file(archive, present[pair[0]]), pair[0])
        labels = as_labels(_array(archive, present[pair[1]]), pair[1])
        images += label_images(array, labels, split, pair)
    if not used:
        raise ArchiveError(f"the .npz has {', '.join(sorted(present))}; accepted are {ACCEPTED}")
    skipped = Skipped()
    for name in archive.names:
        if name not in used:
            skipped.add("array of another name", name)
    return Listing(images, skipped=skipped)


def _array_file(archive: Archive, name: str) -> ArrayFile:
    """Where the numbers of an array lie; nothing but its header is read."""
    place = archive.uncompressed_place(name)
    with Path(place.path).open("rb") as file:
        file.seek(place.offset)
        start = io.BytesIO(file.read(min(place.length, MAX_START)))
    shape, is_fortran, kind = _header(start, name)
    if is_fortran and len(shape) > 1:
        raise ArchiveError(f"{name} is in Fortran's order; save it with np.ascontiguousarray")
    if start.tell() + math.prod(shape) * kind.itemsize != place.length:
        raise ArchiveError(f"{name} is damaged: its shape {shape} does not fit its size")
    return ArrayFile(place.path, kind.str, shape, place.offset + start.tell())


def _header(file: io.BytesIO, name: str) -> NpyHeader:
    try:
        header = read_header(file)
    except NpyHeaderError as error:
        raise ArchiveError(f"{name} is not an array ({error})") from None
    if header.kind.hasobject:
        raise ArchiveError(f"{name} holds Python objects, not numbers; save it with a plain type")
    return header


def _array(archive: Archive, name: str) -> NDArray[Any]:
    content = archive.read(name)
    shape, _, kind = _header(io.BytesIO(content), name)
    num_bytes = math.prod(shape) * max(1, kind.itemsize)  # a text of no letters has none
    if num_bytes > min(MAX_TABLE_BYTES, len(content)):
        raise ArchiveError(f"{name} is damaged: its shape {shape} does not fit its size")
    try:
        array: NDArray[Any] = npy.read_array(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, MemoryError) as error:
        raise ArchiveError(f"{name} is not a whole array ({error})") from None
    return array
