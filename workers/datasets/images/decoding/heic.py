"""HEIC files, which are what telephones make; libheif reads them, within bounds of its own.

It is an extra: its wheel brings an encoder, x265, that is under the GPL.
"""

import io
from typing import Any

from PIL import Image

from workers.datasets.images.decoding.bounds import ImageFileError, check_size


def open_heic(content: bytes) -> Any:
    """The first image of a HEIC file before it is decoded, with its upright `size` and its `mode`.

    10 and 12 bits become 8: the file says what is white, so no scale has to be found for it.
    """
    try:
        import pillow_heif
    except ImportError:
        raise ImageFileError(
            "HEIC is not read by this installation: pip install 'bakeoff[heic]', or send it as JPEG"
        ) from None
    heif = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    check_size(*heif.size)
    return heif


def load_heic(heif: Any) -> Image.Image:
    """Its pixels as Pillow's image. libheif has turned them as the file says."""
    return Image.frombuffer(heif.mode, heif.size, heif.data, "raw", heif.mode, heif.stride, 1)
