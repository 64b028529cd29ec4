"""A file as the body of a request."""

from collections.abc import Iterator
from pathlib import Path

BLOCK_BYTES = 1024**2


class FileBody:
    """Reads a file block by block, and from its beginning again when the request is repeated."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def headers(self) -> dict[str, str]:
        """The headers that describe the body."""
        return {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(self.path.stat().st_size),
        }

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
