"""What keeps predictions and refusals cheap when more is asked than can be answered; see README.md.

Nothing outside this room knows of it but `bakeoff serve`, which calls `install`.
"""

import socket
from collections.abc import Callable, Iterable

import uvicorn
from fastapi import FastAPI

from service.connections.bounded_requests import BoundedRequests
from service.overload import (
    direct_routes,
    early_refusals,
    frozen_start,
    listeners,
    short_turns,
)
from service.overload.server import Server

Part = Callable[[Server], None]

#: In the order in which they are installed; `make bench-serving` leaves out one at a time.
PARTS: dict[str, Part] = {
    "direct_routes": direct_routes.install,
    "short_turns": short_turns.install,
    "early_refusals": early_refusals.install,
    "listeners": listeners.install,
    "frozen_start": frozen_start.install,
}


def install(
    app: FastAPI, config: uvicorn.Config, parts: Iterable[Part] = PARTS.values()
) -> list[socket.socket]:
    """Install `parts` in the service before it starts; returns the sockets for uvicorn to listen at."""
    server = Server(app, BoundedRequests, [config.bind_socket()])
    for install_part in parts:
        install_part(server)
    config.http = server.protocol
    return server.sockets
