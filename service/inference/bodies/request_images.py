"""The images in the body of a request to /v1, in each of the forms that are accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from fastapi import Request
from pydantic_core import from_json
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from models import ImageShape
from service.inference.bodies.array_file import MAGIC, ArrayImages
from service.inference.bodies.base64_text import decode_base64
from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import (
    Cost,
    PreparedImage,
    PreparedImages,
    cost_of_file,
    from_file,
)
from service.inference.bodies.large_bodies import process_body
from service.inference.bodies.limits import MAX_IMAGES, check_number
from service.inference.bodies.row_images import RowImages
from service.json_words import why_unreadable
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

    def prepare(
        self, preparation: Preparation, part: slice, white: float | None = None
    ) -> PreparedImages:
        """Decode and prepare a part of them; ImageError names the first that is not an image.

        `white` is the number that the request says is white, in numbers and in more than 8 bits.
        """


@dataclass(frozen=True, slots=True)
class _File:
    """An image file that is not decoded yet."""

    content: bytes
    name: str

    def cost(self, shape: ImageShape) -> Cost:
        return cost_of_file(self.content, shape)

    def prepare(self, preparation: Preparation, white: float | None) -> PreparedImage:
        return from_file(self.content, preparation, name=self.name[:80], white=white)


class ImageFiles:
    """Images that have arrived as files."""

    def __init__(self, images: Sequence[_File]) -> None:
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def costs(self, preparation: Preparation) -> Sequence[Cost]:
        """What it takes to prepare each."""
        shape = ImageShape(*preparation.shape)
        return [image.cost(shape) for image in self._images]

    def prepare(
        self, preparation: Preparation, part: slice, white: float | None = None
    ) -> PreparedImages:
        """Decode and prepare a part of them; ImageError names the first that is not an image."""
        prepared = [image.prepare(preparation, white) for image in self._images[part]]
        return PreparedImages.of(prepared)


async def read_images(request: Request) -> RequestImages:
    """Read the body without decoding its images.

    ImageError, TooLargeError or 415 say what is accepted.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    images: RequestImages
    if kind == "multipart/form-data":
        images = ImageFiles(await _from_form(request))
    elif kind == "application/json":
        images = await process_body(await request.body(), _from_json)
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
    return ImageFiles([_File(content, "the body")])


async def _from_form(request: Request) -> Sequence[_File]:
    try:
        async with request.form(max_files=MAX_IMAGES, max_fields=MAX_IMAGES) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            return [_File(await file.read(), file.filename or "a file") for file in files]
    except HTTPException as error:
        if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        raise ImageError(f"the multipart body cannot be read: {error.detail}") from None


def _from_json(content: bytes) -> RequestImages:
    try:
        body = from_json(content)
    except ValueError as error:
        raise ImageError(f"the body {why_unreadable(error)}; {ACCEPTED}") from None
    names = [name for name in ("images", "instances") if isinstance(body, dict) and name in body]
    if len(names) > 1:
        raise ImageError(f"the JSON has both 'images' and 'instances'; {ACCEPTED}")
    if len(names) != 1 or len(body) != 1 or not isinstance(body[names[0]], list):
        raise ImageError(
            f"the JSON has neither an array 'images' nor an array 'instances'; {ACCEPTED}"
        )
    if "instances" in body:
        return RowImages(body["instances"])
    return ImageFiles(
        [_file(value, f"images[{index}]") for index, value in enumerate(body["images"])]
    )


def _file(value: Any, name: str) -> _File:
    if not isinstance(value, str):
        raise ImageError(f"{name} is no string; accepted is an image file in base64")
    try:
        content = decode_base64(value)
    except ValueError:
        raise ImageError(f"{name} is not base64; accepted is an image file in base64") from None
    return _File(content, name)
