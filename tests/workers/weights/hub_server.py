"""A server on this machine that speaks the file API of the Hugging Face hub.

As there, the address of a file redirects to a store, which knows ranges, and names its SHA-256.
"""

import hashlib
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Self

RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/model\.safetensors")


@dataclass
class HubServer:
    """`files` has what each repository and revision holds; what is not there is answered by 404."""

    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)  # repositories that are answered by 401
    digests: dict[str, str] = field(default_factory=dict)  # repository → SHA-256 that is a lie
    cuts: list[int] = field(default_factory=list)  # bytes after which the next answers break off
    knows_ranges: bool = True
    received: list[tuple[str, str | None]] = field(default_factory=list)  # path and range

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self})
        )
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

    def stored(self, digest: str) -> bytes | None:
        found = (file for file in self.files.values() if sha256(file) == digest)
        return next(found, None)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    hub: ClassVar[HubServer]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.hub.received.append((self.path, self.headers.get("Range")))
        if match := RESOLVE.fullmatch(self.path):
            self.resolve(match["repo"], match["revision"])
        else:
            self.send_stored(self.path.rpartition("/")[2])

    def resolve(self, repo: str, revision: str) -> None:
        content = self.hub.files.get((repo, revision))
        if repo in self.hub.private:
            self.answer(401, b"Invalid username or password.")
        elif content is None:
            self.answer(404, b"Entry not found")
        else:
            digest = self.hub.digests.get(repo, sha256(content))
            linked = {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(content))}
            self.answer(302, b"", {"Location": f"/store/{sha256(content)}", **linked})

    def send_stored(self, digest: str) -> None:
        content = self.hub.stored(digest) or b""
        start = 0
        etag = f'"store-{digest[:8]}"'
        if self.hub.knows_ranges and self.headers.get("If-Range") == etag:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        part = f"bytes {start}-{len(content) - 1}/{len(content)}"
        headers = {"Content-Range": part} if start else {}
        cut = self.hub.cuts.pop(0) if self.hub.cuts else None
        self.answer(206 if start else 200, content[start:], {"ETag": etag, **headers}, cut)

    def answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        self.close_connection = cut is not None

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
