"""The static files of the dashboard, read once: their bytes, compressed too, and what HTTP says of them."""

import functools
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
INDEX = "index.html"

#: What is served; every other file of the folder, such as a README, is for people who read the code.
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",  # licences
}


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent."""

    body: bytes
    compressed: bytes  # by gzip
    media_type: str
    entity_tag: str  # the value of its ETag header


@functools.cache  # compressing them is most of what a start would compute
def read_files(folder: Path = STATIC) -> dict[str, StaticFile]:
    """Path below the folder, with slashes → file, for every file that is served."""
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.suffix in MEDIA_TYPES
    }


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    return StaticFile(
        body=body,
        compressed=gzip.compress(body, mtime=0),
        media_type=MEDIA_TYPES[path.suffix],
        entity_tag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    )
