"""Files that Pillow decodes: opened by the reader of their format alone, upright, JPEG at a scale."""

import io
import re

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from workers.datasets.images.decoding.bounds import MAX_SCANNED, ImageFileError, check_size
from workers.datasets.images.decoding.deep_pixels import as_deep_pixels
from workers.datasets.images.decoding.file_format import webp_size
from workers.datasets.images.decoding.flattening import flatten
from workers.datasets.images.decoding.png import may_be_turned, open_png
from workers.datasets.images.geometry import Geometry

READERS: dict[str, type[ImageFile]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,  # of a file with several images the first, without looking at the others
    "WEBP": WebPImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
    "TIFF": TiffImageFile,
    "AVIF": AvifImageFile,
}
DEEP_MODES = {"I", "I;16", "I;16B", "F"}
ORIENTATION = 0x0112  # the tag of EXIF
SCAN = re.compile(rb"\xff\xda")  # the marker before each scan of a JPEG
LYING = {5, 6, 7, 8}  # orientations by which width and height change places


def open_file(content: bytes, kind: str) -> ImageFile:
    """The header of a file, within bounds. Its pixels are not decoded yet."""
    if kind == "WEBP":
        check_size(*webp_size(content))  # Pillow's reader allocates at once
    file = READERS[kind](io.BytesIO(content))
    check_size(*file.size)
    if isinstance(file, PngImageFile):
        return open_png(content, file)
    return file


def orientation_of(content: bytes, file: ImageFile) -> int:
    """How the image is to be turned, by EXIF's numbers."""
    if isinstance(file, TiffImageFile) or (file.format == "PNG" and not may_be_turned(content)):
        return 1  # Pillow has turned it already, or would decode the whole file to look for it
    orientation: int = file.getexif().get(ORIENTATION, 1)
    return orientation


def upright_size(file: ImageFile, orientation: int) -> tuple[int, int]:
    """Width and height of the image as it is shown."""
    return (file.height, file.width) if orientation in LYING else file.size


def load(
    content: bytes, file: ImageFile, orientation: int, geometry: Geometry | None
) -> NDArray[np.generic]:
    """Upright pixels, uint8 unless the mode has more bits."""
    if isinstance(file, JpegImageFile):
        _check_scans(content, file)
        if geometry is not None:
            _scale_down(file, orientation, geometry)
    file.load()
    check_size(*file.size)  # a frame may be larger than the header says
    if orientation != 1:
        ImageOps.exif_transpose(file, in_place=True)
    if file.mode in DEEP_MODES:
        return as_deep_pixels(np.asarray(file))
    return flatten(file)


def _scale_down(file: JpegImageFile, orientation: int, geometry: Geometry) -> None:
    """Decode at 1/2, 1/4 or 1/8, where that still covers what the image is scaled to."""
    width, height = geometry.scaled_size(*upright_size(file, orientation))
    file.draft(None, (height, width) if orientation in LYING else (width, height))


def _check_scans(content: bytes, file: ImageFile) -> None:
    scans = sum(1 for _ in SCAN.finditer(content))  # count() takes three times as long
    if scans * file.width * file.height > MAX_SCANNED:
        raise ImageFileError(
            f"the JPEG goes over its {file.width}×{file.height} pixels {scans} times; save it anew"
        )
