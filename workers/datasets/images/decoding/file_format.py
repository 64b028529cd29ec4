"""The format of an image file and its number of pixels, from its first bytes and without a decoder."""

import math
import re
import struct
from collections.abc import Callable

#: Suffixes of names, in the order in which formats are named to users.
FORMATS: dict[str, tuple[str, ...]] = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg"),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif",),
    "HEIC": (".heic", ".heif"),
}
STARTS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BM", "BMP"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),  # BigTIFF
    (b"MM\0+", "TIFF"),
)
AVIF_BRANDS = {b"avif", b"avis"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
TAKES_LONG = {"TIFF", "AVIF", "HEIC"}  # to decode even where the image is small
MAX_BRANDS = 64  # bytes of the first box that are looked at

_two_shorts = struct.Struct("<HH").unpack_from
_two_ints = struct.Struct("<ii").unpack_from
_png_size = struct.Struct(">II").unpack_from
_segment = struct.Struct(">BBH").unpack_from
_jpeg_size = struct.Struct(">HH").unpack_from
_box_size = struct.Struct(">II").unpack_from
MAX_SEGMENTS = 200  # of a JPEG before its size; a long profile is dozens
TIFF, TIFF_ENTRY, MAX_ENTRIES = 42, 12, 200  # the version that is no BigTIFF; bytes; tags
TIFF_SIZE = (256, 257)  # the tags of width and height
TIFF_NUMBERS = {3: "H", 4: "I"}  # types of their numbers
IMAGE_SIZE = re.compile(b"ispe")  # the kind of box with the size of an image
BOX_FLAGS = 4  # bytes between its kind and the size
MAX_HEAD = 64 * 1024  # bytes in which it is looked for
START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # markers of JPEG that carry the size


def format_of(content: bytes) -> str | None:
    """The format that a file begins like; None where it is none of those accepted."""
    for start, name in STARTS:
        if content.startswith(start):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp":
        return _brand(content)
    return None


def stated_pixels(content: bytes) -> int | None:
    """The number of pixels by the header, which may be wrong; None where it is not found.

    It takes microseconds, and serves to decide where a file is decoded.
    """
    read_size = SIZES.get(format_of(content) or "")
    try:
        size = read_size(content) if read_size else None
    except struct.error:
        return None
    return abs(size[0] * size[1]) if size else None


def takes_long(content: bytes) -> bool:
    """Whether the file is of a format whose decoder takes long to begin."""
    return format_of(content) in TAKES_LONG


def _brand(content: bytes) -> str | None:
    """AVIF and HEIC lie in the same container, which begins with the names of what is in it."""
    length = min(int.from_bytes(content[:4], "big"), MAX_BRANDS)
    brands = {content[at : at + 4] for at in range(8, length, 4)}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "HEIC" if brands & HEIC_BRANDS else None


def _of_png(content: bytes) -> tuple[int, int]:
    width, height = _png_size(content, 16)
    return width, height


def _of_gif(content: bytes) -> tuple[int, int]:
    width, height = _two_shorts(content, 6)
    return width, height


def _of_bmp(content: bytes) -> tuple[int, int]:
    width, height = _two_ints(content, 18)
    return width, height


def _of_jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(MAX_SEGMENTS):
        _, marker, length = _segment(content, at)
        if marker in START_OF_FRAME:
            height, width = _jpeg_size(content, at + 5)
            return width, height
        at += 2 + length
    return None


def _of_tiff(content: bytes) -> tuple[int, int] | None:
    """The tags 256 and 257 of the first image; None in a BigTIFF or without them."""
    order = "<" if content.startswith(b"II") else ">"
    version, at = struct.unpack_from(f"{order}HI", content, 2)
    if version != TIFF:
        return None
    [number] = struct.unpack_from(f"{order}H", content, at)
    size: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + TIFF_ENTRY * min(number, MAX_ENTRIES), TIFF_ENTRY):
        tag, kind = struct.unpack_from(f"{order}HH", content, entry)
        if tag in TIFF_SIZE and kind in TIFF_NUMBERS:
            [size[tag]] = struct.unpack_from(f"{order}{TIFF_NUMBERS[kind]}", content, entry + 8)
    return (size[TIFF_SIZE[0]], size[TIFF_SIZE[1]]) if len(size) > 1 else None


def _of_boxes(content: bytes) -> tuple[int, int] | None:
    """The largest of the sizes in an AVIF or HEIC file: the image's, beside those of its tiles."""
    places = [found.end() + BOX_FLAGS for found in IMAGE_SIZE.finditer(content, 0, MAX_HEAD)]
    return max((_box_size(content, place) for place in places), key=math.prod, default=None)


def webp_size(content: bytes) -> tuple[int, int]:
    """Width and height of the canvas of a WebP file; struct.error where it ends before them."""
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = content[24:27], content[27:30]
        return 1 + int.from_bytes(width, "little"), 1 + int.from_bytes(height, "little")
    if kind == b"VP8L":
        [bits] = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = _two_shorts(content, 26)
    return width & 0x3FFF, height & 0x3FFF


SIZES: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "PNG": _of_png,
    "JPEG": _of_jpeg,
    "GIF": _of_gif,
    "BMP": _of_bmp,
    "WEBP": webp_size,
    "TIFF": _of_tiff,
    "AVIF": _of_boxes,
    "HEIC": _of_boxes,
}
