"""Protection in browsers: security headers, and no change on behalf of another site's page."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import problem
from service.security.scopes import READING

#: Data, pictures and reports load nothing and run nothing; their styles are within them.
DATA_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
#: /docs and /redoc run our own files and one inline script, and send the calls that are tried there.
PAGES_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": DATA_POLICY,
}
ENCODED_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class SecurityHeaders:
    """Adds the headers to every response, and refuses changes asked for by another site's page."""

    def __init__(self, app: ASGIApp, allowed_origins: Sequence[str] = ()) -> None:
        self._app = app
        self._allowed = {origin.encode() for origin in allowed_origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = message.get("headers", ())
                names = {name.lower() for name, _ in present}
                missing = (header for header in ENCODED_HEADERS if header[0] not in names)
                message["headers"] = [*present, *missing]
            await send(message)

        answer = _FOREIGN if self._is_foreign_change(scope) else self._app
        await answer(scope, receive, send_with_headers)

    def _is_foreign_change(self, scope: Scope) -> bool:
        """Whether a browser says that a page of a site that may not asks for a change."""
        if scope["method"] in READING:
            return False
        headers = dict(scope["headers"])
        is_foreign = headers.get(b"sec-fetch-site") in {b"cross-site", b"same-site"}
        return is_foreign and headers.get(b"origin") not in self._allowed


_FOREIGN = problem(403, "a page of another site asked for this; only pages of this service may")
