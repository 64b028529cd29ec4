"""An address with a slash too many: it leads to the address without."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service.allowed_methods import allowed_methods


class TrailingSlash:
    """Redirects to the same address without its last slash, where there is something.

    The redirect keeps method and body (307), and is relative: an absolute one would need to know by which
    name, scheme and path a proxy serves us. Starlette's own is absolute.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path: str = scope["path"] if scope["type"] == "http" else ""
        app = scope["app"]
        is_known = not path.endswith("/") or path == "/" or allowed_methods(app, scope)
        if is_known or not allowed_methods(app, {**scope, "path": path[:-1]}):
            await self._app(scope, receive, send)
            return
        name = scope["raw_path"].removesuffix(b"/").rpartition(b"/")[2].decode("ascii")
        query = scope["query_string"].decode("latin-1")
        target = f"../{name}?{query}" if query else f"../{name}"
        await RedirectResponse(target)(scope, receive, send)
