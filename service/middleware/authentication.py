"""Authentication by API key, where keys are used, before any body is read."""

import logging
import time
from collections.abc import Callable
from ipaddress import ip_address

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import database_problem, problem
from service.security.key_cache import Holder, KeyCache
from service.security.rate_limits import TokenBucket
from service.security.scopes import Needed, needed_scope
from workers.settings import Settings
from workers.storage.database import UNANSWERED

logger = logging.getLogger(__name__)

REALM = 'Bearer realm="bakeoff"'
HOW = "send one as 'Authorization: Bearer KEY'; our own client takes it from BAKEOFF_API_KEY"


class Authentication:
    """Refuses requests whose key lacks the scope they need, or has used up its rate limit."""

    def __init__(
        self, app: ASGIApp, keys: KeyCache, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app, self._keys, self._clock = app, keys, clock
        self._buckets: dict[str, TokenBucket] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_http = scope["type"] == "http"
        needed = needed_scope(scope["method"], scope["path"]) if is_http else None
        if needed is None:
            await self._app(scope, receive, send)
            return
        key = _bearer(scope)
        try:
            holder = await self._keys.find(key)
        except UNANSWERED as error:
            await database_problem(error, self._keys.settings)(scope, receive, send)
            return
        if holder:
            scope.setdefault("state", {})["holder"] = holder  # for GET /v1/keys/self
        if holder and holder.requests_per_minute:
            send = self._with_rate_limit(holder, send)
        refusal = self._refusal(holder, needed, has_key=key is not None)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, holder: Holder | None, needed: Needed, *, has_key: bool) -> Response | None:
        if not self._keys.is_required:
            return None
        if holder is None:
            return _refuse_unknown_key(has_key=has_key)
        bucket = self._buckets.get(holder.id)
        if bucket and not bucket.take(self._clock()):
            return _refuse_rate(holder, bucket)
        return None if holder.may(needed) else _refuse_scope(holder, needed)

    def _with_rate_limit(self, holder: Holder, send: Send) -> Send:
        """A `send` that adds what is left of the holder's rate limit to the headers."""
        bucket = self._buckets.get(holder.id)
        if bucket is None:
            bucket = TokenBucket(int(holder.requests_per_minute or 0), self._clock())
            self._buckets[holder.id] = bucket

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *bucket.headers]
            await send(message)

        return send_with_headers


async def warn_if_open(settings: Settings, keys: KeyCache) -> None:
    """Log a warning where the service listens to other machines without asking for keys."""
    if settings.socket_file or _is_loopback(settings.host):
        return
    await keys.find(None)
    if not keys.is_required:
        logger.warning(
            "listening on %s without API keys: whoever reaches that address can train, upload,"
            " delete and predict. Make a key with 'bakeoff keys create NAME --scope admin', after"
            " which keys are asked for, or listen on 127.0.0.1.",
            settings.host,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bearer(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, key = value.decode("latin-1").partition(" ")
            return key.strip() if scheme.lower() == "bearer" else None
    return None


def _refuse_unknown_key(*, has_key: bool) -> Response:
    why = "the API key is not known, or was revoked" if has_key else "an API key is needed"
    answer = problem(401, f"{why}; {HOW}")
    answer.headers["WWW-Authenticate"] = REALM + (', error="invalid_token"' if has_key else "")
    return answer


def _refuse_scope(holder: Holder, needed: Needed) -> Response:
    has = ", ".join(sorted(holder.scopes))
    answer = problem(403, f"this needs a key with scope '{needed}'; key '{holder.id}' has: {has}")
    answer.headers["WWW-Authenticate"] = f'{REALM}, error="insufficient_scope", scope="{needed}"'
    return answer


def _refuse_rate(holder: Holder, bucket: TokenBucket) -> Response:
    granted = f"key '{holder.id}' may send {holder.requests_per_minute} requests a minute"
    answer = problem(429, f"{granted}; try again in {bucket.seconds} s")
    answer.headers["Retry-After"] = str(bucket.seconds)
    return answer
