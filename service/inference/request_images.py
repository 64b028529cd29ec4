"""The images in the body of a request, in each of the forms that are accepted."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from models import ImageShape
from service.errors import TooLargeError
from service.inference.images import (
    MOST_IMAGES,
    ImageError,
    PreparedImage,
    from_file,
    from_pixels,
)

ACCEPTED = (
    "accepted are an image file (image/png, image/jpeg, image/webp), multipart/form-data with files,"
    ' or application/json with {"images": [base64, …]} or {"instances": [[[…]], …]}'
)


@dataclass(frozen=True)
class RequestImages:
    """Images not yet decoded: each knows how to become what a model takes."""

    images: list[Callable[[ImageShape], PreparedImage]]

    def prepare(self, shape: ImageShape) -> list[PreparedImage]:
        """Decode them all and fit them to `shape`; ImageError names the first that is none."""
        return [prepare(shape) for prepare in self.images]


async def read_images(request: Request) -> RequestImages:
    """Read the body; nothing is decoded yet. ImageError or 415 says what is accepted."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        images = await _multipart(request)
    elif kind == "application/json":
        images = _from_json(await request.body())
    elif kind.startswith("image/") or kind in {"application/octet-stream", ""}:
        images = [_file(await request.body(), "the body")]
    else:
        raise HTTPException(415, f"Content-Type '{kind[:80]}' is not accepted; {ACCEPTED}")
    if not images:
        raise ImageError(f"the request has no image; {ACCEPTED}")
    if len(images) > MOST_IMAGES:
        raise TooLargeError(f"{len(images)} images; at most {MOST_IMAGES} are accepted at once")
    return RequestImages(images)


async def _multipart(request: Request) -> list[Callable[[ImageShape], PreparedImage]]:
    try:
        async with request.form(max_files=MOST_IMAGES, max_fields=MOST_IMAGES) as form:
            files = [one for _, one in form.multi_items() if isinstance(one, UploadFile)]
            return [_file(await file.read(), file.filename or "a file") for file in files]
    except HTTPException as error:
        if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        raise ImageError(f"the multipart body cannot be read: {error.detail}") from None


def _from_json(content: bytes) -> list[Callable[[ImageShape], PreparedImage]]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise ImageError(f"the body is not JSON; {ACCEPTED}") from None
    names = [name for name in ("images", "instances") if isinstance(body, dict) and name in body]
    if len(names) != 1 or len(body) != 1 or not isinstance(body[names[0]], list):
        raise ImageError(f"the JSON has neither a list 'images' nor a list 'instances'; {ACCEPTED}")
    [name] = names
    make = _encoded if name == "images" else _pixels
    return [make(value, f"{name}[{index}]") for index, value in enumerate(body[name])]


def _file(content: bytes, name: str) -> Callable[[ImageShape], PreparedImage]:
    return lambda shape: from_file(content, shape, name=name[:80])


def _encoded(value: Any, name: str) -> Callable[[ImageShape], PreparedImage]:
    if not isinstance(value, str):
        raise ImageError(f"{name} is no text; accepted is an image file in base64")
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ImageError(f"{name} is not base64; accepted is an image file in base64") from None
    return _file(content, name)


def _pixels(value: Any, name: str) -> Callable[[ImageShape], PreparedImage]:
    if not isinstance(value, list):
        raise ImageError(f"{name} is no list; accepted are pixels 0 to 255 as H×W or H×W×3")
    return lambda shape: from_pixels(value, shape, name=name)
