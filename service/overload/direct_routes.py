"""Routes that a plain request takes without FastAPI's way there, which would cost more than they do."""

import re

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from service.dependencies import NAME_PATTERN
from service.inference.admission import content_length

_is_name = re.compile(NAME_PATTERN).fullmatch


class DirectRoute(APIRoute):
    """An async route whose function is called at once where nothing of the request needs checking.

    That is where the query is empty, every path parameter is a name, and the length of the body is
    stated and within the limit: the function gets the request and the path parameters, and returns
    a Response. Any other request goes FastAPI's way to the same function, and the documentation is
    made from its signature as ever. The application looks at these routes before all others.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._is_plain(scope):
            response = await self.endpoint(Request(scope, receive, send), **scope["path_params"])
            await response(scope, receive, send)
        else:
            await super().handle(scope, receive, send)

    def _is_plain(self, scope: Scope) -> bool:
        length = content_length(scope)
        return (
            not scope["query_string"]
            and length is not None
            and length <= (self.max_body_size or 0)
            and scope["method"] in (self.methods or ())
            and all(map(_is_name, scope["path_params"].values()))
        )
