"""Admission control of predictions and explanations, before their bodies are read.

It stands before routing, so that a refusal costs a fraction of an answer.
"""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.inference.admission import MAX_BYTES, AdmissionControl, content_length
from service.security.scopes import is_explanation, is_prediction


class AdmissionMiddleware:
    """Admits predictions while there is room for them, and refuses the others with 429."""

    def __init__(self, app: ASGIApp, admission: AdmissionControl) -> None:
        self._app, self._admission = app, admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_timed = scope["type"] == "http" and is_prediction(scope["path"])
        if scope["type"] != "http" or not (is_timed or is_explanation(scope["path"])):
            await self._app(scope, receive, send)
            return
        stated = content_length(scope)
        if stated and stated > MAX_BYTES:  # no waiting helps: the route refuses it, unread
            await self._app(scope, receive, send)
            return
        if not self._admission.has_capacity(stated or 0):
            await self._admission.refusal()(scope, receive, send)
            return
        arrived = perf_counter() if is_timed else None
        num_bytes = stated or 0

        async def receive_and_count() -> Message:
            nonlocal num_bytes
            message = await receive()
            arrives = len(message.get("body", b""))
            self._admission.grow(arrives)
            num_bytes += arrives
            return message

        self._admission.enter(num_bytes)
        try:
            await self._app(scope, receive_and_count if stated is None else receive, send)
        finally:
            self._admission.leave(num_bytes, arrived)
