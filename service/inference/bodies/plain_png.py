"""PNG files that have the shape of the model already, decoded by libpng in a tenth of Pillow's time.

Pillow spends most of its time on finding out what a file is. Here the first bytes of the file are
compared with the only ones that fit the model; a file that differs in anything is left to Pillow.
"""

import struct
import zlib
from functools import lru_cache

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from models import ImageShape

GREY, COLOUR = 0, 2  # colour types of PNG, without transparency
BITS = 8
#: Chunks that change no pixel for Pillow. Others may make a colour transparent or rotate the image.
PLAIN = {b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"tIME"}
_chunk = struct.Struct(">I4s").unpack_from
SPARE_BYTES = 1024  # of a file beside its pixels, which deflate never makes longer than by 1 %
CHUNK_BYTES = 12  # of a chunk beside its content: length, kind, checksum


def decode_plain_png(content: bytes, shape: ImageShape) -> NDArray[np.uint8] | None:
    """Pixels (C, H, W) of an 8-bit PNG of this shape without interlacing; None for any other file."""
    if not is_plain(content, shape) or not _has_only_plain_chunks(content, len(_start(shape))):
        return None
    try:
        pixels = imagecodecs.png_decode(content)
    except Exception:  # noqa: BLE001 - of a damaged file it raises UnicodeDecodeError too
        return None  # Pillow says what is wrong
    return pixels.reshape(shape.height, shape.width, shape.channels).transpose(2, 0, 1)


def is_plain(content: bytes, shape: ImageShape) -> bool:
    """Whether a file begins like a PNG that is decoded here, and is no longer than such a file can be.

    libpng inflates to its end what is longer than the image: gigabytes from a few megabytes of zeros.
    """
    bytes_of_row = 1 + shape.width * shape.channels  # its filter, and its pixels
    max_bytes = 1.01 * shape.height * bytes_of_row + SPARE_BYTES
    return content.startswith(_start(shape)) and len(content) <= max_bytes


@lru_cache
def _start(shape: ImageShape) -> bytes:
    """The signature and the header with which a PNG of this shape begins."""
    kind = GREY if shape.channels == 1 else COLOUR
    header = b"IHDR" + struct.pack(">IIBBBBB", shape.width, shape.height, BITS, kind, 0, 0, 0)
    length, checksum = struct.pack(">I", len(header) - 4), struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + length + header + checksum


def _has_only_plain_chunks(content: bytes, at: int) -> bool:
    while at + CHUNK_BYTES <= len(content):
        length, kind = _chunk(content, at)
        if kind not in PLAIN:
            return False
        at += CHUNK_BYTES + length
    return at == len(content)
