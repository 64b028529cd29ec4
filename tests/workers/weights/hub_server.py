"""A server on this machine that speaks the file API of the Hugging Face hub.

As there, the address of a file redirects to a store, which knows ranges, and names its SHA-256.
"""

import hashlib
import re

from tests.http_server import Handler, LocalServer

RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/model\.safetensors")


class HubServer(LocalServer):
    """`files` has what each repository and revision holds; what is not there is answered by 404."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.files: dict[tuple[str, str], bytes] = {}
        self.private: set[str] = set()  # repositories that are answered by 401
        self.digests: dict[str, str] = {}  # repository → SHA-256 that is a lie
        self.cuts: list[int] = []  # bytes after which the next answers break off
        self.knows_ranges = True
        self.received: list[tuple[str, str | None]] = []  # path and range

    def stored(self, digest: str) -> bytes | None:
        found = (file for file in self.files.values() if sha256(file) == digest)
        return next(found, None)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class _Handler(Handler):
    server: HubServer

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        self.server.received.append((self.path, self.headers.get("Range")))
        if match := RESOLVE.fullmatch(self.path):
            self.resolve(match["repo"], match["revision"])
        else:
            self.send_stored(self.path.rpartition("/")[2])

    def resolve(self, repo: str, revision: str) -> None:
        content = self.server.files.get((repo, revision))
        if repo in self.server.private:
            self.answer(401, b"Invalid username or password.")
        elif content is None:
            self.answer(404, b"Entry not found")
        else:
            digest = self.server.digests.get(repo, sha256(content))
            linked = {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(content))}
            self.answer(302, b"", {"Location": f"/store/{sha256(content)}", **linked})

    def send_stored(self, digest: str) -> None:
        content = self.server.stored(digest) or b""
        start = 0
        etag = f'"store-{digest[:8]}"'
        if self.server.knows_ranges and self.headers.get("If-Range") == etag:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        part = f"bytes {start}-{len(content) - 1}/{len(content)}"
        headers = {"Content-Range": part} if start else {}
        cut = self.server.cuts.pop(0) if self.server.cuts else None
        self.answer(206 if start else 200, content[start:], {"ETag": etag, **headers}, cut)
