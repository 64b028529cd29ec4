"""Places: where the bytes of an image file, or the rows of an array, lie on disk.

A place is small and can be sent to another process, which reads what lies there.
"""

import math
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.datasets.errors import ArchiveError

MAX_FILE_BYTES = 512 * 1024**2  # of a file that is read into memory; 64 megapixels have fewer


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The bytes of one file: a stretch of a file on disk, as they are or deflated."""

    path: str
    offset: int
    length: int  # in bytes, on disk
    #: Length in bytes of what was deflated; None: it lies there as it is.
    inflated: int | None = None
    checksum: int | None = None  # CRC-32 of the file

    def read(self) -> bytes:
        """The bytes of the file; ArchiveError where they are damaged, or too many."""
        if max(self.length, self.inflated or 0) > MAX_FILE_BYTES:
            raise ArchiveError(f"it has more than the {MAX_FILE_BYTES:,} bytes accepted of a file")
        file = os.open(self.path, os.O_RDONLY)
        try:
            content = os.pread(file, self.length, self.offset)
        finally:
            os.close(file)
        if self.inflated is not None:
            content = self._inflate(content, self.inflated)
        elif len(content) != self.length:
            raise ArchiveError("it is cut off")
        if self.checksum is not None and zlib.crc32(content) != self.checksum:
            raise ArchiveError("its checksum is another than the archive states")
        return content

    @staticmethod
    def _inflate(content: bytes, length: int) -> bytes:
        """No more than the length that was declared is ever allocated."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            inflated = inflater.decompress(content, length + 1)
        except zlib.error as error:
            raise ArchiveError(f"it is damaged ({error})") from None
        if len(inflated) != length:
            raise ArchiveError("it is not of the size that the archive declares")
        return inflated


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """An array on disk, in the order of C: images (N, H, W), (N, H, W, C) or (N, C, H, W)."""

    path: str
    kind: str  # numpy's name of the type of its numbers, with the byte order
    shape: tuple[int, ...]
    offset: int = 0  # in bytes, of the first image
    stride: int | None = None  # bytes from one image to the next, where other things lie between
    is_channels_first: bool = False

    @property
    def image_shape(self) -> tuple[int, ...]:
        """(H, W) or (H, W, C) of each image."""
        first, *rest = self.shape[1:]
        return (*rest, first) if self.is_channels_first else self.shape[1:]

    def image(self, row: int) -> NDArray[Any]:
        """The numbers (H, W) or (H, W, C) of one image; ArchiveError where the file is cut off."""
        kind, shape = np.dtype(self.kind), self.shape[1:]
        count = math.prod(shape)
        offset = self.offset + row * (self.stride or count * kind.itemsize)
        numbers = np.fromfile(self.path, kind, count, offset=offset)
        if numbers.size != count:
            raise ArchiveError("it is cut off")
        image = numbers.reshape(shape)
        return image.transpose(1, 2, 0) if self.is_channels_first else image


@dataclass(frozen=True, slots=True)
class RowPlace:
    """One image of an array."""

    array: ArrayFile
    row: int

    def read(self) -> NDArray[Any]:
        """The numbers (H, W) or (H, W, C) of the image; ArchiveError where the file is cut off."""
        return self.array.image(self.row)


Place = FilePlace | RowPlace


def file_on_disk(path: Path) -> FilePlace:
    """The place of a whole file."""
    return FilePlace(str(path), 0, path.stat().st_size)
