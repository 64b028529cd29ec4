"""Downloads files and verifies them before they are used."""

import hashlib
import sys
from pathlib import Path
from typing import BinaryIO

import httpx

from workers.datasets.errors import SourceError

TIMEOUT = httpx.Timeout(30, connect=5)  # seconds; without the internet the next source waits
ATTEMPTS = 5  # in all, where the connection breaks after something has arrived


def download(urls: list[str], path: Path, *, md5: str) -> Path:
    """Fetch one file from the first of `urls` that has it; SourceError where none does."""
    reasons = []
    for url in urls:
        try:
            stream(url, path)
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


def stream(url: str, path: Path, *, max_bytes: int = sys.maxsize) -> list[httpx.Headers]:
    """Write what is at `url` to a file, and resume where the connection breaks.

    Returns the headers of every answer on the way, those of redirects first. httpx.HTTPError where
    the server refuses or cannot be reached, SourceError where the file is larger than `max_bytes`.
    """
    with (
        httpx.Client(timeout=TIMEOUT, follow_redirects=True) as http,
        path.open("wb") as file,
    ):
        transfer = _Transfer(http, url, file, max_bytes)
        attempts = 0
        while True:
            attempts += 1
            try:
                return transfer.attempt()
            except httpx.TransportError:
                if attempts == ATTEMPTS or not transfer.may_resume:
                    raise


class _Transfer:
    """A file that is being fetched: what of it is there, and of which version of it."""

    def __init__(self, http: httpx.Client, url: str, file: BinaryIO, max_bytes: int) -> None:
        self._http, self._url, self._file, self._max_bytes = http, url, file, max_bytes
        self._etag: str | None = None

    @property
    def may_resume(self) -> bool:
        """Whether something has arrived, so that another attempt is worth its time."""
        return self._file.tell() > 0

    def attempt(self) -> list[httpx.Headers]:
        """Fetch what is missing, or all of it where the server cannot send a part."""
        headers = {"Accept-Encoding": "identity"}  # a range counts the bytes that are sent
        if self.may_resume and self._etag:
            # If-Range: a file that has changed since is sent whole.
            headers |= {"Range": f"bytes={self._file.tell()}-", "If-Range": self._etag}
        with self._http.stream("GET", self._url, headers=headers) as response:
            response.raise_for_status()
            if not self._continues(response):
                self._file.seek(0)
                self._file.truncate()
            self._etag = _strong_etag(response)
            self._refuse_larger(int(response.headers.get("Content-Length", 0)))
            for block in response.iter_bytes():
                self._refuse_larger(len(block))
                self._file.write(block)
            return [answer.headers for answer in (*response.history, response)]

    def _continues(self, response: httpx.Response) -> bool:
        """Whether an answer goes on where the file ends."""
        start = f"bytes {self._file.tell()}-"
        is_part = response.status_code == httpx.codes.PARTIAL_CONTENT
        return is_part and response.headers.get("Content-Range", "").startswith(start)

    def _refuse_larger(self, num_bytes: int) -> None:
        if self._file.tell() + num_bytes > self._max_bytes:
            raise SourceError(f"it is larger than the {self._max_bytes:,} bytes accepted")


def _strong_etag(response: httpx.Response) -> str | None:
    """The name of exactly these bytes; a weak one may name others, and does not count."""
    etag: str = response.headers.get("ETag", "")
    return None if etag.startswith("W/") else etag or None
