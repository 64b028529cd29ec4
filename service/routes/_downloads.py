"""Downloads: an ETag for what they contain, 304 where the client has it, and the name to save it under."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from fastapi import Header, Response

from service.errors import refusals
from workers.storage.tables import Model

IfNoneMatch = Annotated[str | None, Header()]


def describe_conditional(content: str, media_types: Iterable[str], *refused: int) -> dict[str, Any]:
    """What the documentation says of a route that answers by `respond_conditionally`."""
    return {
        "response_class": Response,
        "responses": {
            200: {"content": {media_type: {} for media_type in media_types}},
            304: {"description": f"The {content} is still the one the client has"},
            **refusals(*refused),
        },
    }


def respond_conditionally(
    digest: str, if_none_match: str | None, make: Callable[[], Response]
) -> Response:
    """The response that `make` gives, with `digest` as its ETag; 304 where the client has that content."""
    headers = {"ETag": entity_tag(digest), "Cache-Control": "no-cache"}
    if headers["ETag"] in (if_none_match or ""):
        return Response(status_code=304, headers=headers)
    response = make()
    response.headers.update(headers)
    return response


def entity_tag(digest: str) -> str:
    """The value of an ETag header."""
    return f'"{digest}"'


def attachment(model: Model, suffix: str) -> str:
    """The value of a Content-Disposition header: a file that is named for the model."""
    name = model.architecture.replace("/", "-")  # as in timm/resnet18
    return f'attachment; filename="{name}-{model.id}.{suffix}"'
