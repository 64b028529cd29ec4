"""The official archives of CIFAR-10 and CIFAR-100 (Krizhevsky 2009), binary or python version."""

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.datasets.archives import Archive
from workers.datasets.content import MAX_CLASSES
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._arrays import label_images
from workers.datasets.formats._files import HIDDEN, is_hidden
from workers.datasets.listings.listing import ListedImage, Listing, Skipped, SplitName
from workers.datasets.listings.places import ArrayFile, FilePlace

ACCEPTED = "the official archive of CIFAR-10 or CIFAR-100"
SIDE = 32
PIXELS = 3 * SIDE * SIDE  # the red, green and blue planes of an image


@dataclass(frozen=True)
class _Variant:
    """The names of the files in an archive."""

    batches: dict[str, SplitName]
    classes: str  # the file with the names of the classes
    is_binary: bool
    label_bytes: int  # before each image of the binary version; the last one is the label
    key: str  # of labels and class names, in the python version


VARIANTS = (
    _Variant(
        {**{f"data_batch_{n}.bin": "train" for n in range(1, 6)}, "test_batch.bin": "test"},
        "batches.meta.txt",
        is_binary=True,
        label_bytes=1,
        key="label",
    ),
    _Variant(
        {**{f"data_batch_{n}": "train" for n in range(1, 6)}, "test_batch": "test"},
        "batches.meta",
        is_binary=False,
        label_bytes=0,
        key="label",
    ),
    _Variant(
        {"train.bin": "train", "test.bin": "test"},
        "fine_label_names.txt",
        is_binary=True,
        label_bytes=2,
        key="fine_label",
    ),
    _Variant(
        {"train": "train", "test": "test"},
        "meta",
        is_binary=False,
        label_bytes=0,
        key="fine_label",
    ),
)


def matches(archive: Archive) -> bool:
    """Whether it has the files of an official archive."""
    return _variant(_by_file_name(archive)) is not None


def read(archive: Archive, scratch: Path) -> Listing:
    """The images of the archive; of CIFAR-100 with the fine classes."""
    names = _by_file_name(archive)
    variant = _variant(names)
    if variant is None:
        raise ArchiveError(f"files are missing; accepted is {ACCEPTED}")
    classes = _class_names(archive.read(names[variant.classes]), variant)
    images: list[ListedImage] = []
    for file_name, split in variant.batches.items():
        if variant.is_binary:
            array, labels = _binary_batch(
                archive.uncompressed_place(names[file_name]), variant.label_bytes
            )
        else:
            content = archive.read(names[file_name])
            array, labels = _python_batch(content, variant.key, scratch / file_name)
        if len(labels) and labels.max() >= len(classes):
            raise ArchiveError(f"{file_name} has a label {labels.max()}, beyond the classes")
        named = [classes[label] for label in labels.tolist()]
        images += label_images(array, named, split, (file_name, file_name))
    skipped = Skipped()
    used = {names[name] for name in (*variant.batches, variant.classes)}
    for name in archive.names:
        if name not in used:
            skipped.add(HIDDEN if is_hidden(name) else "no file of images", name)
    return Listing(images, classes, skipped)


def _by_file_name(archive: Archive) -> dict[str, str]:
    return {name.rpartition("/")[2]: name for name in archive.names if not is_hidden(name)}


def _variant(names: dict[str, str]) -> _Variant | None:
    return next(
        (variant for variant in VARIANTS if {*variant.batches, variant.classes} <= set(names)), None
    )


def _class_names(content: bytes, variant: _Variant) -> tuple[str, ...]:
    if variant.is_binary:
        return tuple(content.decode("utf-8", "replace").split())
    names = _unpickle(content).get(f"{variant.key}_names".encode())
    if not isinstance(names, list) or not all(isinstance(name, (bytes, str)) for name in names):
        raise ArchiveError("the names of the classes are missing")
    return tuple(
        name.decode("utf-8", "replace") if isinstance(name, bytes) else name for name in names
    )


def _binary_batch(place: FilePlace, label_bytes: int) -> tuple[ArrayFile, NDArray[np.int64]]:
    record = label_bytes + PIXELS
    number, rest = divmod(place.length, record)
    if rest or not number:
        raise ArchiveError(f"a batch has {place.length:,} bytes, not whole records of {record:,}")
    records = np.memmap(place.path, np.uint8, "r", place.offset, (number, record))
    labels = records[:, label_bytes - 1].astype(np.int64)
    array = ArrayFile(
        place.path,
        "|u1",
        (number, 3, SIDE, SIDE),
        place.offset + label_bytes,
        stride=record,
        is_channels_first=True,
    )
    return array, labels


def _python_batch(content: bytes, key: str, target: Path) -> tuple[ArrayFile, NDArray[np.int64]]:
    batch = _unpickle(content)
    numbers, pixels = batch.get(f"{key}s".encode()), batch.get(b"data")
    if not isinstance(numbers, list) or not all(
        type(number) is int and 0 <= number <= MAX_CLASSES for number in numbers
    ):
        raise ArchiveError("the labels of a batch are not a list of whole numbers from 0")
    if not isinstance(pixels, np.ndarray) or (pixels.dtype, pixels.ndim) != (np.uint8, 2):
        raise ArchiveError("the data of a batch are not an array (N, 3072) of uint8")
    if pixels.shape[1] != PIXELS:
        raise ArchiveError(f"the data of a batch have the shape {pixels.shape}, not (N, {PIXELS})")
    labels = np.array(numbers, np.int64)
    images = pixels.reshape(-1, 3, SIDE, SIDE)
    images.tofile(target)
    return ArrayFile(str(target), "|u1", images.shape, is_channels_first=True), labels


def _unpickle(content: bytes) -> dict[bytes, Any]:
    try:
        loaded = _ArrayUnpickler(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # noqa: BLE001 - a damaged pickle raises anything
        raise ArchiveError(f"a batch cannot be read ({ascii(str(error))[1:-1]})") from None
    if not isinstance(loaded, dict):
        raise ArchiveError("a batch is not a dictionary")
    return loaded


class _ArrayUnpickler(pickle.Unpickler):
    """Builds numpy arrays and plain values and can call nothing else, so that no code is run."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
        }:
            # An array without content, which comes next. numpy's own takes a shape, and would show as
            # pixels what lies in this process's memory.
            return lambda *_: np.empty(0, np.int8)
        if (module, name) == ("numpy", "ndarray"):
            return _Name()
        if (module, name) == ("numpy", "dtype"):
            return np.dtype
        if (module, name) == ("_codecs", "encode"):  # how pickle writes bytes for Python 2
            # A new function each time: a pickle can change the attributes of what it is given.
            return lambda text, encoding="latin1": text.encode(encoding)
        raise pickle.UnpicklingError(f"it holds {module}.{name}, which is not data")


class _Name:
    """Stands for a class that a pickle names and does not call."""
