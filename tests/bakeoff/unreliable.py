"""A real HTTP server that drops connections, hangs and refuses, in the order it is told."""

import json
import socketserver
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

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


class Unreliable:
    """`script` is what the next requests meet; after its end every request is answered with {}."""

    def __init__(self, port: int = 0) -> None:
        self.script: list[Answer | Drop | Hang] = []
        self.received: list[Received] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                server.received.append(Received(self.command, self.path, dict(self.headers), body))
                step = server.script.pop(0) if server.script else Answer()
                if isinstance(step, Answer):
                    return self.reply(step)
                self.close_connection = True
                if isinstance(step, Hang):
                    time.sleep(HANG_SECONDS)
                else:
                    self.wfile.write(step.first)
                return None

            do_GET = do_POST = do_PUT = do_DELETE = do_any  # noqa: N815 - http.server's names

            def reply(self, answer: Answer) -> None:
                body = answer.body
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        return Handler
