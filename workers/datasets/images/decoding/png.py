"""PNG files: those of 16 bits a sample, of which Pillow gives 8, and what Pillow has to be told."""

import struct
from collections.abc import Iterator

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngImageFile

from workers.datasets.images.decoding.bounds import check_size
from workers.datasets.images.decoding.deep_pixels import turn
from workers.datasets.images.decoding.flattening import lay_on_white, whiten

SIGNATURE = 8  # bytes
AROUND = 12  # bytes of a chunk beside its content: length, kind, checksum
GREY = 0  # a colour type
DEEP = 16  # bits
PIXELS = {b"IHDR", b"IDAT", b"IEND"}  # without text and profiles, which can be made to grow
ORIENTED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}  # chunks that may say how the image is to be turned
_chunk = struct.Struct(">I4s").unpack_from


def is_deep(content: bytes) -> bool:
    """Whether a PNG has 16 bits a sample."""
    return content[24:25] == bytes([DEEP])


def may_be_turned(content: bytes) -> bool:
    """Whether the file has any chunk in which an orientation is looked for."""
    return any(kind in ORIENTED for kind, _ in _chunks(content))


def open_png(content: bytes, file: PngImageFile) -> PngImageFile:
    """The same file, its transparent shade of grey on the scale of 8 bits that Pillow gives it."""
    bits, colour_type = content[24], content[25]
    shade = file.info.get("transparency")
    if colour_type == GREY and isinstance(shade, int):
        file.info["transparency"] = (shade & (1 << bits) - 1) * 255 // ((1 << bits) - 1)
    return file


def decode_deep(content: bytes, orientation: int) -> tuple[NDArray[np.uint16], float | None]:
    """A PNG of 16 bits a sample → upright uint16 (H, W) or (H, W, 3), laid on white.

    With it comes the number that is white, where the file says how many of its bits count.
    """
    width, height = struct.unpack_from(">II", content, 16)
    check_size(width, height, bytes_per_pixel=8)
    chunks = list(_chunks(content))
    needed = b"".join(chunk for kind, chunk in chunks if kind in PIXELS)
    pixels: NDArray[np.uint16] = imagecodecs.png_decode(content[:SIGNATURE] + needed)
    white = _stated_white(pixels, dict(chunks).get(b"sBIT"))
    if pixels.ndim > 2 and pixels.shape[2] in {2, 4}:  # noqa: PLR2004 - with alpha
        pixels = lay_on_white(pixels[..., :-1], pixels[..., -1])
        pixels = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    for kind, chunk in chunks:
        if kind == b"tRNS":
            colour = np.frombuffer(chunk[8:-4], ">u2")
            pixels = whiten(pixels, colour[: 1 if pixels.ndim == 2 else 3], white=65535)  # noqa: PLR2004
    return turn(pixels, orientation), white


def _stated_white(pixels: NDArray[np.uint16], significant: bytes | None) -> float | None:
    """The number that is white by the chunk sBIT, which counts the significant bits of a sample.

    By the standard they are the high ones, and white is 65535. Some programs leave them low: then all
    numbers fit into them, and bits that the standard has as zeros, or nearly so, carry the image.
    """
    bits = max(significant[8:-4], default=0) if significant else 0
    if not 0 < bits < DEEP:
        return None
    white = 2**bits - 1
    insignificant = 2 ** (DEEP - bits) - 1
    is_low = pixels.max() <= white and ((pixels & insignificant) > 1).any()
    return float(white if is_low else 65535)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and bytes of every whole chunk."""
    at = SIGNATURE
    while at + AROUND <= len(content):
        length, kind = _chunk(content, at)
        yield kind, content[at : at + AROUND + length]
        at += AROUND + length
