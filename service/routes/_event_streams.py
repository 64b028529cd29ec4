"""What the endpoints of event streams share: their response, and its description."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi.responses import StreamingResponse

MEDIA_TYPE = "text/event-stream"
HIGHEST_ID = 2**63 - 1  # of a row

_EVENT = {
    "type": "object",
    "properties": {
        "data": {"type": "string"},
        "event": {"type": "string"},
        "id": {"type": "string"},
    },
}
#: The `responses` of an endpoint that streams events, as OpenAPI 3.2 describes them.
STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"itemSchema": _EVENT}}}}


def event_stream(chunks: AsyncIterator[bytes]) -> StreamingResponse:
    """Events that are encoded already, each sent at once: no proxy is to keep or collect them."""
    # The second header is for nginx.
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(chunks, media_type=MEDIA_TYPE, headers=headers)
