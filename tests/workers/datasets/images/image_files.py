"""Image files as people have them, made by the tools that people make them with."""

import io
import random
import struct
import zlib
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
from PIL import Image, ImageCms

WIDTH, HEIGHT = 37, 23
TELLING = [0, 1, 127, 128, 255]  # values of a damaged byte
HEAD = 300  # bytes of a file in which most of what can go wrong is said

pillow_heif.register_heif_opener()  # for Pillow to write them


def noise(*shape: int, kind: str = "uint8") -> np.ndarray:
    generator = np.random.default_rng(sum(shape))
    return generator.integers(0, np.iinfo(kind).max, shape, dtype=kind, endpoint=True)


def colour_image(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A smooth image, which lossy formats keep; red to the right, green downwards."""
    across, down = np.meshgrid(np.linspace(20, 230, width), np.linspace(20, 230, height))
    return Image.fromarray(np.stack([across, down, 255 - across], axis=2).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "HEIF" if kind == "HEIC" else kind, **options)
    return file.getvalue()


def png16(pixels: np.ndarray) -> bytes:
    return bytes(imagecodecs.png_encode(pixels))


def tiff(pixels: np.ndarray, **options: Any) -> bytes:
    photometric = "rgb" if pixels.ndim > 2 else "minisblack"
    return bytes(imagecodecs.tiff_encode(pixels, photometric=photometric, **options))


def tiff_with_alpha(pixels: np.ndarray, extra: int) -> bytes:
    """A TIFF of RGB and an alpha, which is multiplied into the colours (1) or not (2)."""
    height, width, samples = pixels.shape
    start = 16 + pixels.nbytes
    entries = [
        *((256, 3, 1, width), (257, 3, 1, height), (258, 3, 4, 8), (259, 3, 1, 1), (262, 3, 1, 2)),
        *((273, 4, 1, 16), (277, 3, 1, samples), (278, 3, 1, height), (279, 4, 1, pixels.nbytes)),
        (338, 3, 1, extra),
    ]
    content = b"II*\0" + struct.pack("<I4H", start, *[8 * pixels.itemsize] * 4)
    content += pixels.tobytes() + struct.pack("<H", len(entries))
    return content + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)


def twelve_bits(pixels: np.ndarray) -> bytes:
    """A grey TIFF of 12 bits a sample, two samples in three bytes, as some scanners write it."""
    height, width = pixels.shape
    pairs = pixels.astype(np.uint16).reshape(-1, 2)
    first, second = pairs[:, 0], pairs[:, 1]
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=1)
    content = packed.astype(np.uint8).tobytes()
    entries = [
        *((256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, 12), (259, 3, 1, 1), (262, 3, 1, 1)),
        *((273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, height), (279, 4, 1, len(content))),
    ]
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(content)) + content + directory


def with_chunk(content: bytes, kind: bytes, data: bytes, *, before: bytes = b"IDAT") -> bytes:
    """A PNG with one more chunk."""
    at = content.index(before) - 4
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return content[:at] + struct.pack(">I", len(data)) + kind + data + checksum + content[at:]


def with_png_size(content: bytes, width: int, height: int) -> bytes:
    """A PNG whose header says another size."""
    header = b"IHDR" + struct.pack(">II", width, height) + content[24:29]
    return content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The file with bytes changed, cut off, doubled or taken out."""
    kind = chance.random()
    at, length = chance.randrange(len(content)), chance.randrange(1, 40)
    if kind < 0.15:
        return content[:at]
    if kind < 0.25:
        return content[:at] + content[at + length :]
    if kind < 0.35:
        return content[: at + length] + content[at:]
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        within = HEAD if chance.random() < 0.6 else len(changed)
        changed[chance.randrange(min(within, len(changed)))] = chance.choice(
            [*TELLING, chance.randrange(256)]
        )
    return with_right_checksums(bytes(changed)) if kind < 0.85 else bytes(changed)


def with_right_checksums(content: bytes) -> bytes:
    """A PNG is refused for its checksums before anything else is looked at."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return content
    at, made = 8, content[:8]
    while at + 12 <= len(content):
        length = struct.unpack_from(">I", content, at)[0]
        data = content[at + 4 : at + 8 + length]
        made += content[at : at + 4] + data + struct.pack(">I", zlib.crc32(data))
        at += 12 + length
    return made


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def reddish_ink() -> bytes:
    """A profile of CMYK by which paper is white and any ink is red: unlike every other."""
    paper, ink = bytes([255, 128, 128]), bytes([130, 200, 170])  # L, a, b
    table = b"".join(ink if corner else paper for corner in range(16))
    matrix = struct.pack(">9i", *[65536 * (n % 4 == 0) for n in range(9)])
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix
    lut += bytes(range(256)) * 4 + table + bytes(range(256)) * 3
    tags = struct.pack(">I4sII", 1, b"A2B0", 144, len(lut))
    header = bytearray(128)
    struct.pack_into(">I", header, 0, 144 + len(lut))
    header[8:12] = b"\x02\x10\x00\x00"
    header[12:24] = b"prtrCMYKLab "
    header[36:40] = b"acsp"
    struct.pack_into(">3I", header, 68, 0xF6D6, 0x10000, 0xD32D)
    return bytes(header) + tags + lut


def lab_image() -> Image.Image:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(colour_image(), srgb, lab, outputMode="LAB")
    assert converted is not None
    return converted


def samples() -> dict[str, bytes]:
    """One small file of every format and kind of pixel, by a name."""
    rgb = colour_image()
    grey, alpha = rgb.convert("L"), rgb.convert("RGBA")
    alpha.putalpha(grey)
    found = {
        f"{kind} {mode}": encoded(alpha.convert(mode), kind)
        for kind, modes in MODES.items()
        for mode in modes
    }
    found |= {f"PNG 16 bit {n}": png16(noise(HEIGHT, WIDTH, n, kind="uint16")) for n in (2, 3, 4)}
    found |= {f"TIFF {kind}": tiff(noise(HEIGHT, WIDTH, 3, kind=kind)) for kind in DEEP}
    found["PNG grey 16 bit"] = png16(noise(HEIGHT, WIDTH, kind="uint16"))
    found["PNG interlaced"] = png16(noise(HEIGHT, WIDTH, 3))
    found["TIFF float"] = tiff(noise(HEIGHT, WIDTH).astype(np.float32) / 255)
    found["TIFF LAB"] = encoded(lab_image(), "TIFF")
    found["JPEG progressive"] = encoded(rgb, "JPEG", progressive=True)
    found["JPEG turned"] = encoded(rgb, "JPEG", exif=turned(6))
    found["JPEG CMYK with a profile"] = encoded(
        rgb.convert("CMYK"), "JPEG", icc_profile=reddish_ink()
    )
    return found


DEEP = ("uint16", "int16", "uint32", "int32")
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB"),
    "GIF": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"),
    "AVIF": ("L", "RGB", "RGBA"),
    "HEIC": ("L", "RGB", "RGBA"),
}
