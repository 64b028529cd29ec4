"""Parquet as the Hugging Face hub writes image datasets: a column `image` of files, a column `label`.

One or several files; a file's name says its split (`train-00000-of-00002.parquet`). Names of classes
come from the features in the file's metadata, where they are. The columns may also be called `img`, and
`labels`, `fine_label` or `class`.
"""

import json
import mmap
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from workers.datasets.archives import Archive
from workers.datasets.archives.limits import check_number, check_total
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._files import SPLIT_NAMES
from workers.datasets.listings.class_names import normalise
from workers.datasets.listings.listing import ListedImage, Listing, Skipped, SplitName
from workers.datasets.listings.places import FilePlace

ACCEPTED = "Parquet files with the columns image and label (Hugging Face)"
IMAGE_COLUMNS = ("image", "img", "images", "picture")
LABEL_COLUMNS = ("label", "labels", "fine_label", "class", "category")
ROWS = 256  # read at once
MAX_IMAGE_BYTES = 256 * 1024**2


def matches(archive: Archive) -> bool:
    """Whether there is a Parquet file."""
    return any(_is_parquet(name) for name in archive.names)


def read(archive: Archive, scratch: Path) -> Listing:
    """The images of all files; their bytes are written to one file that other processes can read."""
    images: list[ListedImage] = []
    skipped = Skipped()
    classes: tuple[str, ...] | None = None
    with (scratch / "images").open("wb") as target:
        for name in sorted(archive.names):
            if not _is_parquet(name):
                skipped.add("no Parquet file", name)
                continue
            file = _open(archive.uncompressed_place(name), name)
            columns = _columns(file, name)
            named = _class_names(file, columns[1])
            if images and named != classes:
                raise ArchiveError(
                    f"'{name}' has other class names ({_join_names(named)}) than the files before it"
                    f" ({_join_names(classes)})"
                )
            classes = named
            split = _split_of(name)
            for number, content, label in _rows(file, columns, classes, name):
                if content is None or label is None:
                    missing = "image" if content is None else "label"
                    skipped.add(f"row without its {missing}", f"{name} row {number}")
                    continue
                place = FilePlace(str(scratch / "images"), target.tell(), len(content))
                target.write(content)
                images.append(ListedImage(f"{name} row {number}", label, place, split))
                check_total(target.tell())
                check_number(len(images))
    if not images:
        raise ArchiveError(f"there is no image in the Parquet files; accepted are {ACCEPTED}")
    return Listing(images, classes, skipped)


def _is_parquet(name: str) -> bool:
    return name.lower().endswith(".parquet")


def _split_of(name: str) -> SplitName | None:
    """The split that the name of a file says, or else that of a folder around it."""
    path = PurePosixPath(name)
    for part in (path.stem, *path.parts[-2::-1]):
        words = re.split(r"[^a-z]+", part.lower())
        split = next((SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES), None)
        if split:
            return split
    return None


def _open(place: FilePlace, name: str) -> parquet.ParquetFile:
    try:
        with Path(place.path).open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        stretch = memoryview(mapped)[place.offset : place.offset + place.length]
        return parquet.ParquetFile(pa.BufferReader(pa.py_buffer(stretch)))
    except Exception as error:  # noqa: BLE001 - a damaged file raises anything
        raise ArchiveError(f"'{name}' is not a whole Parquet file ({error})") from None


def _columns(file: parquet.ParquetFile, name: str) -> tuple[str, str]:
    present = file.schema_arrow.names
    image = next((column for column in IMAGE_COLUMNS if column in present), None)
    label = next((column for column in LABEL_COLUMNS if column in present), None)
    if image is None or label is None:
        raise ArchiveError(
            f"'{name}' has the columns {', '.join(present[:10])}; accepted are {ACCEPTED}"
        )
    return image, label


def _class_names(file: parquet.ParquetFile, label: str) -> tuple[str, ...] | None:
    """The names that the features of the Hugging Face hub give to the labels."""
    metadata = file.schema_arrow.metadata or {}
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return tuple(normalise(str(name)) for name in features[label]["names"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _join_names(classes: tuple[str, ...] | None) -> str:
    return ", ".join(repr(name[:40]) for name in classes[:5]) if classes else "none"


def _rows(
    file: parquet.ParquetFile,
    columns: tuple[str, str],
    classes: tuple[str, ...] | None,
    name: str,
) -> Iterator[tuple[int, bytes | None, str | None]]:
    """The number, the bytes and the class of every row."""
    number = 0
    try:
        for batch in file.iter_batches(ROWS, columns=list(dict.fromkeys(columns))):
            cells, labels = (batch.column(column).to_pylist() for column in columns)
            for cell, label in zip(cells, labels, strict=True):
                yield number, _bytes(cell, name), _class(label, classes, name)
                number += 1
    except ArchiveError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file raises anything
        raise ArchiveError(f"'{name}' is damaged ({error})") from None


def _bytes(cell: Any, name: str) -> bytes | None:
    content = cell.get("bytes") if isinstance(cell, dict) else cell
    if content is None:
        return None
    if not isinstance(content, bytes) or len(content) > MAX_IMAGE_BYTES:
        raise ArchiveError(f"the images of '{name}' are not the bytes of image files")
    return content


def _class(label: Any, classes: tuple[str, ...] | None, name: str) -> str | None:
    if label is None or (isinstance(label, int) and label < 0):  # -1: the hub's "no label"
        return None
    if isinstance(label, int) and not isinstance(label, bool):
        if classes is None:
            return str(label)
        if label >= len(classes):
            raise ArchiveError(
                f"'{name}' has a label {label}, and there are {len(classes)} classes"
            )
        return classes[label]
    if isinstance(label, str):
        if classes is not None and normalise(label) not in classes:
            raise ArchiveError(
                f"'{name}' has a label {label[:80]!r}, which is not among its classes"
            )
        return normalise(label)
    raise ArchiveError(
        f"'{name}' has labels of type {type(label).__name__}; accepted are numbers or text"
    )
