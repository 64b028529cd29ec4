"""Which names of the service are answered, against pages that let their own name lead to this machine."""

import socket
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.errors import problem
from service.security.key_cache import KeyCache

#: Probes ask by whatever address they have been told.
PROBES = ("/health/", "/v2/health/")


class AllowedHosts:
    """Refuses requests for a foreign name, where no key protects what they ask for.

    A page of another site can let its own name lead to 127.0.0.1 (DNS rebinding). To the browser, what is
    there is then the same site, and only the `Host` header tells. Addresses in digits have no name that could
    be led elsewhere.
    """

    def __init__(self, app: ASGIApp, keys: KeyCache, names: list[str]) -> None:
        self._app, self._keys = app, keys
        self._names = {"localhost", socket.gethostname().lower(), *(name.lower() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else ""
        is_free = self._keys.is_required or not host or scope["path"].startswith(PROBES)
        if is_free or self._is_allowed(_name(host)):
            await self._app(scope, receive, send)
            return
        refusal = problem(
            421,
            f"this service does not go by the name '{_name(host)[:100]}'; ask for it by an address in digits"
            " or as localhost, or name it in BAKEOFF_ALLOWED_HOSTS",
        )
        await refusal(scope, receive, send)

    def _is_allowed(self, name: str) -> bool:
        if name in self._names or name.endswith(".localhost") or "*" in self._names:
            return True
        return _is_address(name)


def _name(host: str) -> str:
    """The name in a Host header, without its port and the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
