"""Pixels as PNG, and as a data URL, which a page shows without another request."""

import base64
import io
from typing import Annotated

import numpy as np
from fastapi import Query
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from service.analysis.results import Images

PNG = Field(description="as a data URL, as networks see it; null: the dataset is gone")
ImageLimit = Annotated[int, Query(ge=1, le=100, description="most images of one page")]
ImageOffset = Annotated[int, Query(ge=0, description="images to leave out at the beginning")]


def as_png(pixels: NDArray[np.uint8]) -> bytes:
    """uint8 pixels (H, W, C), C being 1 or 3, as the bytes of a PNG file."""
    written = io.BytesIO()
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.save(written, "PNG")
    return written.getvalue()


def data_url(pixels: NDArray[np.uint8]) -> str:
    """The same as a PNG in a data URL."""
    return f"data:image/png;base64,{base64.b64encode(as_png(pixels)).decode()}"


def data_url_of(images: Images | None, index: int) -> str | None:
    """One of some images as a PNG in a data URL; None where there are no images."""
    return None if images is None else data_url(np.moveaxis(images[index], 0, -1))
