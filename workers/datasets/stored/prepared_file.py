"""The file of a prepared dataset: safetensors, with the images last, as (N, H, W, C), to be memory-mapped.

Its tensors are `labels` (N,) and `order` (N,), the position of each image in what came in, as int64,
and `images` as uint8; the images for training come first, then those for validation, then for test. The
header's metadata holds the description as one JSON text. Nothing here imports torch.
"""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = "bakeoff dataset 2"
LENGTH = struct.Struct("<Q")  # of the header, at the start of the file
PAGE = 4096  # bytes
MAX_HEADER = 100_000_000  # bytes, as the safetensors library has it
INTEGER = np.dtype("<i8")


@dataclass(frozen=True)
class PreparedFile:
    """A prepared file that is being written: first its images, then what is known of them."""

    path: Path
    shape: tuple[int, int, int, int]  # number, height, width and channels of the images
    reserved: int  # bytes for the length and the header

    @classmethod
    def create(
        cls, path: Path, shape: tuple[int, int, int, int], draft: Mapping[str, Any]
    ) -> "PreparedFile":
        """An empty file of the right size; `draft` is a description about as long as the final one."""
        size = LENGTH.size + len(_header(shape, draft))
        prepared = cls(path, shape, (size // PAGE + 2) * PAGE)
        with path.open("wb") as file:
            file.truncate(prepared.offset_of(shape[0]))
        return prepared

    def offset_of(self, row: int) -> int:
        """Where an image begins, in bytes."""
        return (
            self.reserved + 2 * INTEGER.itemsize * self.shape[0] + row * math.prod(self.shape[1:])
        )

    def finish(
        self, description: Mapping[str, Any], labels: NDArray[np.int64], order: NDArray[np.int64]
    ) -> None:
        """Write the header, the labels (N,) and the order (N,) before the images."""
        header = _header(self.shape, description)
        padded = self.reserved - LENGTH.size
        if len(header) > padded:
            raise ValueError(f"the header has {len(header)} bytes, and {padded} are reserved")
        with self.path.open("r+b") as file:
            file.write(LENGTH.pack(padded) + header.ljust(padded))
            file.write(labels.astype(INTEGER).tobytes())
            file.write(order.astype(INTEGER).tobytes())


def _header(shape: Sequence[int], description: Mapping[str, Any]) -> bytes:
    number = shape[0]
    integers = INTEGER.itemsize * number
    end = 2 * integers + math.prod(shape)
    entries = {
        "__metadata__": {"format": FORMAT, "description": json.dumps(description)},
        "labels": {"dtype": "I64", "shape": [number], "data_offsets": [0, integers]},
        "order": {"dtype": "I64", "shape": [number], "data_offsets": [integers, 2 * integers]},
        "images": {"dtype": "U8", "shape": list(shape), "data_offsets": [2 * integers, end]},
    }
    return json.dumps(entries).encode()


@dataclass(frozen=True)
class Header:
    """The header of a safetensors file, and where the tensors begin."""

    entries: dict[str, Any]
    start: int  # in bytes

    @property
    def metadata(self) -> dict[str, str]:
        """The texts that were stored with the tensors."""
        metadata: dict[str, str] = self.entries.get("__metadata__", {})
        return metadata

    @property
    def is_prepared_file(self) -> bool:
        """Whether the file is of this format; versions up to 0.1 wrote another one."""
        return self.metadata.get("format") == FORMAT

    @property
    def description(self) -> dict[str, Any]:
        """The description in a file of this format."""
        description: dict[str, Any] = json.loads(self.metadata["description"])
        return description


def read_header(path: Path) -> Header:
    """The header of a safetensors file; FileNotFoundError, or ValueError where it has none."""
    with path.open("rb") as file:
        start = file.read(LENGTH.size)
        length = LENGTH.unpack(start)[0] if len(start) == LENGTH.size else 0
        if not 0 < length <= MAX_HEADER:
            raise ValueError("it does not begin as a safetensors file does")
        return Header(json.loads(file.read(length)), LENGTH.size + length)


def map_tensor(path: Path, name: str) -> NDArray[Any]:
    """A tensor of a file, memory-mapped: nothing is read until it is looked at."""
    header = read_header(path)
    entry = header.entries[name]
    kinds: dict[str, np.dtype[Any]] = {"I64": INTEGER, "U8": np.dtype(np.uint8)}
    kind = kinds[entry["dtype"]]
    offset = header.start + entry["data_offsets"][0]
    tensor: NDArray[Any] = np.memmap(path, kind, "r", offset, tuple(entry["shape"]))
    return tensor
