"""Downloads files and verifies them before they are used."""

import hashlib
from pathlib import Path

import httpx

from workers.datasets.errors import SourceError

TIMEOUT = httpx.Timeout(30, connect=5)  # seconds; without the internet the next source waits


def download(urls: list[str], path: Path, *, md5: str) -> Path:
    """Fetch one file from the first of `urls` that has it; SourceError where none does."""
    reasons = []
    for url in urls:
        try:
            _stream(url, path)
            verify(path, md5)
        except (httpx.HTTPError, SourceError) as error:
            reasons.append(f"{httpx.URL(url).host}: {error}")
        else:
            return path
    raise SourceError("; ".join(reasons))


def verify(path: Path, md5: str) -> None:
    """SourceError unless the file has this MD5, which guards against damage, not against attack."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != md5:
        raise SourceError(f"{path.name} is damaged or another file (MD5 {found}, not {md5})")


def _stream(url: str, path: Path) -> None:
    with (
        httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=True) as response,
        path.open("wb") as file,
    ):
        response.raise_for_status()
        for block in response.iter_bytes():
            file.write(block)
