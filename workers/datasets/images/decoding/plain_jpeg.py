"""JPEGs as most programs write them, decoded by libjpeg directly: the pixels of Pillow, and sooner.

Pillow takes four times as long to read the header of a small image as to decode it. What is not plain
is left to it: orientations, profiles, CMYK, several scans, and whatever is damaged or cut off.
"""

import struct

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from workers.datasets.images.decoding.bounds import check_size
from workers.datasets.images.geometry import Geometry

START, JFIF, END = b"\xff\xd8\xff\xe0", b"JFIF\0", b"\xff\xd9"
FRAME, SCAN = 0xFFC0, 0xFFDA  # markers before the size of a baseline JPEG, and before its pixels
PLAIN = {FRAME, 0xFFE0, 0xFFDB, 0xFFC4, 0xFFDD, 0xFFFE}  # also JFIF, tables, restarts, comments
MAX_SEGMENTS = 50

_segment = struct.Struct(">HHB").unpack_from
_frame = struct.Struct(">BHHB").unpack_from


def decode(content: bytes, geometry: Geometry | None) -> NDArray[np.uint8] | None:
    """uint8 pixels (H, W) or (H, W, 3) of a plain JPEG; None where Pillow has to decode the file.

    That is so where the JPEG may be decoded at a smaller scale for the `geometry`, too.
    """
    shape = _shape(content)
    if shape is None:
        return None
    height, width = shape[:2]
    check_size(width, height)
    scaled = geometry.scaled_size(width, height) if geometry else (width, height)
    if width >= 2 * scaled[0] and height >= 2 * scaled[1]:
        return None
    try:
        # Given the array, libjpeg refuses a size that is not the one that was checked.
        pixels: NDArray[np.uint8] = imagecodecs.jpeg8_decode(content, out=np.empty(shape, np.uint8))
    except (imagecodecs.Jpeg8Error, ValueError):
        return None
    return pixels


def _shape(content: bytes) -> tuple[int, ...] | None:
    """(H, W) or (H, W, 3) of a JPEG with one scan of all its channels and nothing unusual before it."""
    if not (content.startswith(START) and content[6:11] == JFIF and content.endswith(END)):
        return None
    at, shape, num_channels = 2, None, 0
    for _ in range(MAX_SEGMENTS):
        if at + 10 > len(content):
            return None
        marker, length, first_byte = _segment(content, at)
        if marker == SCAN:
            return shape if first_byte == num_channels else None
        if marker not in PLAIN:
            return None
        if marker == FRAME:
            _, height, width, num_channels = _frame(content, at + 4)
            shape = {1: (height, width), 3: (height, width, 3)}.get(num_channels)
        at += 2 + length
    return None
