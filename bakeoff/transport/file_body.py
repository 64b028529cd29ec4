"""A file, or a folder packed into one, as the body of a request."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK_BYTES = 1024**2


class FileBody:
    """Reads a file block by block, and from its beginning again when the request is repeated."""

    def __init__(self, path: Path, sent: Callable[[int], None] | None = None) -> None:
        self.path, self._sent = path, sent

    @property
    def headers(self) -> dict[str, str]:
        """The headers that describe the body."""
        return {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(self.path.stat().st_size),
        }

    def __iter__(self) -> Iterator[bytes]:
        num_sent = 0
        with self.path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
                num_sent += len(block)
                if self._sent:
                    self._sent(num_sent)


@contextmanager
def archive_of(path: Path) -> Iterator[Path]:
    """The file itself; of a folder a zip of its files, which is removed afterwards."""
    if not path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / "folder.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # images are compressed
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(path))
        yield packed
