"""Where the service listens, and where this machine reaches it."""

import socket

from workers.errors import BakeoffError
from workers.settings import Settings


class StartError(BakeoffError):
    """Service and worker cannot run; the message says why and what to do."""


def on_usable_port(settings: Settings) -> Settings:
    """The settings with the port on which the service can listen; for port 0, one that is free."""
    where = f"{_in_address(settings.host)}:{settings.port}"
    try:
        [(family, kind, _, _, address), *_] = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return settings.model_copy(update={"port": probe.getsockname()[1]})
    except socket.gaierror as error:
        raise StartError(
            f"there is no address '{settings.host}' ({error.strerror}); BAKEOFF_HOST is one of this"
            " machine, such as 127.0.0.1 or ::1, or 0.0.0.0 for all"
        ) from None
    except OSError as error:
        raise StartError(
            f"{where} cannot be used ({error.strerror}); "
            "choose another port: make run PORT=9000, or --port 9000"
        ) from None


def url_of(settings: Settings) -> str:
    """Where this machine reaches the service: at itself, where the service listens everywhere."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - nothing listens here
    return f"http://{_in_address(host)}:{settings.port}"


def _in_address(host: str) -> str:
    """A host as addresses have it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
