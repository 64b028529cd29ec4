"""Problem documents for bodies over the limit of their route."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import describe_body_limit, problem


class BodyLimitProblems:
    """Replaces the plain text with which Starlette refuses a large body by a problem document."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            is_plain = (b"content-type", b"text/plain; charset=utf-8") in message.get("headers", ())
            if message.get("status") == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and is_plain:
                replaced = True
                await problem(413, describe_body_limit(scope))(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_problem)
