"""The four IDX files of MNIST and its kin (LeCun, Cortes & Burges 1998), gzipped or not.

They are known by their names: `train-images-idx3-ubyte`, `train-labels-…`, `t10k-images-…` and
`t10k-labels-…`, or `test` in place of `t10k`.
"""

import gzip
import io
import math
import zlib
from pathlib import Path

import numpy as np

from workers.datasets.archives import Archive
from workers.datasets.archives.limits import MAX_TABLE_BYTES, check_ratio
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._arrays import as_images, as_labels, label_images
from workers.datasets.formats._files import HIDDEN, is_hidden
from workers.datasets.listings.listing import ListedImage, Listing, Skipped, SplitName
from workers.datasets.listings.places import ArrayFile
from workers.storage.full_disk import is_disk_full

ACCEPTED = "the four IDX files of MNIST"
KINDS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
SPLITS: dict[SplitName, tuple[str, ...]] = {"train": ("train",), "test": ("t10k", "test")}
MAX_UNPACKED = 4 * 1024**3  # bytes of a gzipped file
BLOCK = 1024**2  # bytes


def matches(archive: Archive) -> bool:
    """Whether there are files named as MNIST's images and labels are."""
    return any(_find(archive, words, "images") for words in SPLITS.values())


def read(archive: Archive, scratch: Path) -> Listing:
    """The images of the files, which are read where they lie."""
    images: list[ListedImage] = []
    used: set[str] = set()
    for split, words in SPLITS.items():
        names = [_find(archive, words, what) for what in ("images", "labels")]
        if None in names:
            raise ArchiveError(f"the {split} images or labels are missing; accepted are {ACCEPTED}")
        image_name, label_name = (str(name) for name in names)
        used |= {image_name, label_name}
        array = _array_file(archive, image_name, scratch / f"{split}-images")
        labels = _array_file(archive, label_name, scratch / f"{split}-labels")
        values = np.fromfile(
            labels.path, labels.kind, math.prod(labels.shape), offset=labels.offset
        )
        classes = as_labels(values.reshape(labels.shape), label_name)
        images += label_images(
            as_images(array, image_name), classes, split, (image_name, label_name)
        )
    skipped = Skipped()
    for name in archive.names:
        if name not in used:
            skipped.add(HIDDEN if is_hidden(name) else "none of the four files", name)
    return Listing(images, skipped=skipped)


def _find(archive: Archive, words: tuple[str, ...], what: str) -> str | None:
    """The file whose name begins with one of the words and says images or labels."""
    starts = tuple(f"{word}-{what}" for word in words)
    for name in archive.names:
        file_name = name.rpartition("/")[2].lower()
        if file_name.startswith(starts) and "idx" in file_name:
            return name
    return None


def _array_file(archive: Archive, name: str, unpacked: Path) -> ArrayFile:
    place = archive.uncompressed_place(name)
    path, offset, length = Path(place.path), place.offset, place.length
    with path.open("rb") as file:
        file.seek(offset)
        if file.read(2) == b"\x1f\x8b":
            file.seek(offset)
            _gunzip(file.read(min(length, MAX_TABLE_BYTES)), unpacked, name)
            path, offset, length = unpacked, 0, unpacked.stat().st_size
    with path.open("rb") as file:
        file.seek(offset)
        start = file.read(4)
        kind = KINDS.get(start[2]) if len(start) == 4 and start[:2] == b"\0\0" else None  # noqa: PLR2004
        if kind is None:
            raise ArchiveError(f"{name} is not an IDX file")
        sizes = file.read(4 * start[3])
    shape = tuple(int(size) for size in np.frombuffer(sizes[: len(sizes) // 4 * 4], ">u4"))
    header = 4 + 4 * start[3]
    if len(shape) != start[3] or header + math.prod(shape) * np.dtype(kind).itemsize != length:
        raise ArchiveError(f"{name} is damaged: its shape {shape} does not fit its size")
    return ArrayFile(str(path), kind, shape, offset + header)


def _gunzip(content: bytes, target: Path, name: str) -> None:
    unpacked = 0
    try:
        with gzip.open(io.BytesIO(content)) as source, target.open("wb") as file:
            while block := source.read(BLOCK):
                unpacked += len(block)
                check_ratio(name, unpacked, len(content))
                if unpacked > MAX_UNPACKED:
                    raise ArchiveError(f"{name} unpacks to more than {MAX_UNPACKED:,} bytes")
                file.write(block)
    except (OSError, EOFError, zlib.error) as error:
        if is_disk_full(error):
            raise
        raise ArchiveError(f"{name} is damaged ({error})") from None
