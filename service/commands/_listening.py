"""Where the service listens, and where this machine reaches it."""

import socket
from pathlib import Path

from workers.errors import BakeoffError
from workers.settings import Settings


class StartError(BakeoffError):
    """Service and worker cannot run; the message says why and what to do."""


def on_usable_port(settings: Settings) -> Settings:
    """The settings with the port on which the service can listen; for port 0, one that is free.

    StartError where it cannot listen there.
    """
    if settings.socket_file:
        refuse_used_socket(settings.socket_file)
        return settings
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


def refuse_used_socket(file: Path) -> None:
    """StartError unless a socket can be made at `file`; one that nobody listens at is removed."""
    try:
        if file.is_socket():
            with socket.socket(socket.AF_UNIX) as trial:
                if trial.connect_ex(str(file)) == 0:
                    raise StartError(
                        f"another service listens at {file}; choose another BAKEOFF_HOST"
                    )
            file.unlink()
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(file))
        file.unlink()
    except OSError as error:
        raise StartError(
            f"no socket can be made at {file} ({error.strerror or error}); BAKEOFF_HOST is unix: and the"
            " path of a file in a folder that is there"
        ) from None


def url_of(settings: Settings) -> str:
    """Where this machine reaches the service: at itself, where the service listens everywhere."""
    if settings.socket_file:
        return settings.host
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - nothing listens here
    return f"http://{_in_address(host)}:{settings.port}"


def _in_address(host: str) -> str:
    """A host as addresses have it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
