"""The images in the body of a request to /v1, in each of the forms that are accepted."""

import binascii
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol

import numpy as np
from fastapi import Request
from pydantic_core import from_json
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from models import ImageShape
from service.inference.bodies.array_file import MAGIC, ArrayImages
from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import PreparedImage, PreparedImages, from_file, from_rows
from service.inference.bodies.limits import MOST_IMAGES, check_number

ACCEPTED = (
    "accepted are an image file (image/png, image/jpeg, image/webp), multipart/form-data with files,"
    " an array as application/x-npy,"
    ' or application/json with {"images": [base64, …]} or {"instances": [[[…]], …]}'
)

Unprepared = Callable[[ImageShape], PreparedImage]


class RequestImages(Protocol):
    """Images that are not decoded yet, because only the model says which shape they shall have."""

    def __len__(self) -> int: ...

    def prepare(self, shape: ImageShape) -> PreparedImages:
        """Decode all images and fit them to `shape`; ImageError names the first that is none."""


class SeparateImages:
    """Images that have arrived one by one."""

    def __init__(self, images: list[Unprepared]) -> None:
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def prepare(self, shape: ImageShape) -> PreparedImages:
        """Decode all images and fit them to `shape`; ImageError names the first that is none."""
        prepared = [prepare(shape) for prepare in self._images]
        pixels = np.empty((len(prepared), *shape), dtype=np.uint8)
        for row, image in zip(pixels, prepared, strict=True):
            row[...] = image.pixels
        return PreparedImages(pixels, [image.notes for image in prepared])


async def read_images(request: Request) -> RequestImages:
    """Read the body without decoding its images.

    ImageError, TooLargeError or 415 say what is accepted.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    images: RequestImages
    if kind == "multipart/form-data":
        images = SeparateImages(await _from_form(request))
    elif kind == "application/json":
        images = SeparateImages(_from_json(await request.body()))
    elif kind.startswith("image/") or kind in {"application/octet-stream", "application/x-npy", ""}:
        images = _from_bytes(await request.body(), is_array=kind == "application/x-npy")
    else:
        raise HTTPException(415, f"Content-Type '{kind[:80]}' is not accepted; {ACCEPTED}")
    if not len(images):
        raise ImageError(f"the request has no image; {ACCEPTED}")
    check_number(len(images))
    return images


def _from_bytes(content: bytes, *, is_array: bool) -> RequestImages:
    if is_array or content.startswith(MAGIC):
        return ArrayImages(content)
    return SeparateImages([_file(content, "the body")])


async def _from_form(request: Request) -> list[Unprepared]:
    try:
        async with request.form(max_files=MOST_IMAGES, max_fields=MOST_IMAGES) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            return [_file(await file.read(), file.filename or "a file") for file in files]
    except HTTPException as error:
        if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        raise ImageError(f"the multipart body cannot be read: {error.detail}") from None


def _from_json(content: bytes) -> list[Unprepared]:
    try:
        body = from_json(content)
    except ValueError:
        raise ImageError(f"the body is not JSON; {ACCEPTED}") from None
    names = [name for name in ("images", "instances") if isinstance(body, dict) and name in body]
    if len(names) != 1 or len(body) != 1 or not isinstance(body[names[0]], list):
        raise ImageError(f"the JSON has neither a list 'images' nor a list 'instances'; {ACCEPTED}")
    [name] = names
    make = _encoded_file if name == "images" else _rows
    return [make(value, f"{name}[{index}]") for index, value in enumerate(body[name])]


def _file(content: bytes, name: str) -> Unprepared:
    return lambda shape: from_file(content, shape, name=name[:80])


def _encoded_file(value: Any, name: str) -> Unprepared:
    if not isinstance(value, str):
        raise ImageError(f"{name} is no text; accepted is an image file in base64")
    try:
        content = binascii.a2b_base64(value, strict_mode=True)
    except ValueError:  # binascii.Error too
        raise ImageError(f"{name} is not base64; accepted is an image file in base64") from None
    return _file(content, name)


def _rows(value: Any, name: str) -> Unprepared:
    if not isinstance(value, list):
        raise ImageError(f"{name} is no list; accepted are pixels 0 to 255 as H×W or H×W×3")
    return lambda shape: from_rows(value, shape, name=name)
