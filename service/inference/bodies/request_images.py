"""The images in the body of a request to /v1, in each of the forms that are accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import numpy as np
from fastapi import Request
from pydantic_core import from_json
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from models import ImageShape
from service.inference.bodies.array_file import MAGIC, ArrayImages
from service.inference.bodies.base64_text import decode_base64
from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import (
    SECONDS_PER_OBJECT,
    Cost,
    PreparedImage,
    PreparedImages,
    cost_of_file,
    from_file,
    from_rows,
)
from service.inference.bodies.limits import MAX_IMAGES, check_number
from service.inference.bodies.parsing import parse
from service.inference.bodies.pixels import num_objects
from workers.datasets.images.preparation import Preparation

ACCEPTED = (
    "accepted are an image file (image/png, image/jpeg, image/webp and others), multipart/form-data"
    " with files,"
    " an array as application/x-npy,"
    ' or application/json with {"images": [base64, …]} or {"instances": [[[…]], …]}'
)


class RequestImages(Protocol):
    """The images of a request, not decoded yet: only the model says how they are prepared."""

    def __len__(self) -> int: ...

    def costs(self, preparation: Preparation) -> Sequence[Cost]:
        """What it takes to prepare each."""

    def prepare(self, preparation: Preparation, part: slice) -> PreparedImages:
        """Decode and prepare a part of them; ImageError names the first that is not an image."""


@dataclass(frozen=True, slots=True)
class _File:
    """An image file that is not decoded yet."""

    content: bytes
    name: str

    def cost(self, shape: ImageShape) -> Cost:
        return cost_of_file(self.content, shape)

    def prepare(self, preparation: Preparation) -> PreparedImage:
        return from_file(self.content, preparation, name=self.name[:80])


@dataclass(frozen=True, slots=True)
class _Rows:
    """An image as nested lists of numbers."""

    rows: list[Any]
    name: str

    def cost(self, shape: ImageShape) -> Cost:
        del shape
        return Cost(num_objects(self.rows) * SECONDS_PER_OBJECT, 0)

    def prepare(self, preparation: Preparation) -> PreparedImage:
        return from_rows(self.rows, preparation, name=self.name)


Image = _File | _Rows


class SeparateImages:
    """Images that have arrived one by one."""

    def __init__(self, images: Sequence[Image]) -> None:
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def costs(self, preparation: Preparation) -> Sequence[Cost]:
        """What it takes to prepare each."""
        shape = ImageShape(*preparation.shape)
        return [image.cost(shape) for image in self._images]

    def prepare(self, preparation: Preparation, part: slice) -> PreparedImages:
        """Decode and prepare a part of them; ImageError names the first that is not an image."""
        prepared = [image.prepare(preparation) for image in self._images[part]]
        pixels = np.empty((len(prepared), *preparation.shape), dtype=np.uint8)
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
        images = SeparateImages(await parse(await request.body(), _from_json))
    elif kind.startswith("image/") or kind in {"application/octet-stream", "application/x-npy", ""}:
        images = _from_bytes(await request.body(), is_array=kind == "application/x-npy")
    else:
        raise HTTPException(415, f"Content-Type '{kind[:80]}' is not accepted; {ACCEPTED}")
    if not len(images):
        raise ImageError(f"the request has no image; {ACCEPTED}")
    check_number(len(images))
    return images


def _from_bytes(content: bytes, *, is_array: bool) -> RequestImages:
    if not content:
        raise ImageError(f"the body is empty; {ACCEPTED}")
    if is_array or content.startswith(MAGIC):
        return ArrayImages(content)
    return SeparateImages([_File(content, "the body")])


async def _from_form(request: Request) -> Sequence[Image]:
    try:
        async with request.form(max_files=MAX_IMAGES, max_fields=MAX_IMAGES) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            return [_File(await file.read(), file.filename or "a file") for file in files]
    except HTTPException as error:
        if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        raise ImageError(f"the multipart body cannot be read: {error.detail}") from None


def _from_json(content: bytes) -> Sequence[Image]:
    try:
        body = from_json(content)
    except ValueError:
        raise ImageError(f"the body is not JSON; {ACCEPTED}") from None
    names = [name for name in ("images", "instances") if isinstance(body, dict) and name in body]
    if len(names) > 1:
        raise ImageError(f"the JSON has both 'images' and 'instances'; {ACCEPTED}")
    if len(names) != 1 or len(body) != 1 or not isinstance(body[names[0]], list):
        raise ImageError(f"the JSON has neither a list 'images' nor a list 'instances'; {ACCEPTED}")
    [name] = names
    make = _file if name == "images" else _rows
    return [make(value, f"{name}[{index}]") for index, value in enumerate(body[name])]


def _file(value: Any, name: str) -> _File:
    if not isinstance(value, str):
        raise ImageError(f"{name} is no text; accepted is an image file in base64")
    try:
        content = decode_base64(value)
    except ValueError:
        raise ImageError(f"{name} is not base64; accepted is an image file in base64") from None
    return _File(content, name)


def _rows(value: Any, name: str) -> _Rows:
    if not isinstance(value, list):
        raise ImageError(f"{name} is no list; accepted are pixels 0 to 255 as H×W or H×W×3")
    return _Rows(value, name)
