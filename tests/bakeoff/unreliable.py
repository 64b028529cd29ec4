"""A real HTTP server that drops connections, hangs and refuses, in the order it is told."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.http_server import Handler, LocalServer

HANG_SECONDS = 2.0


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drop:
    """The request is read whole, some bytes may be sent, then the connection is closed."""

    first: bytes = b""


@dataclass(frozen=True)
class Hang:
    """The request is read whole and not answered."""


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Unreliable(LocalServer):
    """`script` is what the next requests meet; after its end every request is answered with {}."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.script: list[Answer | Drop | Hang] = []
        self.received: list[Received] = []


class _Handler(Handler):
    server: Unreliable

    def do_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append(Received(self.command, self.path, dict(self.headers), body))
        step = self.server.script.pop(0) if self.server.script else Answer()
        if isinstance(step, Answer):
            content = step.body if isinstance(step.body, bytes) else json.dumps(step.body).encode()
            return self.answer(step.status, content, step.headers)
        self.close_connection = True
        if isinstance(step, Hang):
            time.sleep(HANG_SECONDS)
        else:
            self.wfile.write(step.first)
        return None

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any  # noqa: N815 - http.server's names
