"""The format of an image file and its number of pixels, from its first bytes and without a decoder."""

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
MAX_BRANDS = 64  # bytes of the first box that are looked at

_two_shorts = struct.Struct("<HH").unpack_from
_two_ints = struct.Struct("<ii").unpack_from
_png_size = struct.Struct(">II").unpack_from
_segment = struct.Struct(">BBH").unpack_from
_jpeg_size = struct.Struct(">HH").unpack_from
MAX_SEGMENTS = 200  # of a JPEG before its size; a long profile is dozens
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
    """The number of pixels by the header, which may be wrong; None where it is not at a fixed place.

    It takes microseconds, and serves to decide where a file is decoded.
    """
    read_size = SIZES.get(format_of(content) or "")
    try:
        size = read_size(content) if read_size else None
    except struct.error:
        return None
    return abs(size[0] * size[1]) if size else None


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
}
