"""What takes long to make: made once, kept across restarts, and not sent to whoever has it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request, Response

from service.charts.drawing.cache import ChartCache
from service.routes._conditions import Conditions
from service.routes._downloads import respond_conditionally


class CachedResponses:
    """Responses from the chart cache, with an ETag; 304 where the client has the content already."""

    def __init__(self, request: Request, conditions: Conditions) -> None:
        self._cache: ChartCache = request.app.state.chart_cache
        self._conditions = conditions

    def respond(self, key: str, make: Callable[[], bytes], media_type: str) -> Response:
        """The content that `key` names, made now where the cache has none."""
        return respond_conditionally(
            key,
            self._conditions,
            lambda: Response(self._cache.get(key, make), media_type=media_type),
        )


Responses = Annotated[CachedResponses, Depends()]
