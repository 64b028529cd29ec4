"""Answers compressed as their client accepts it."""

import gzip
import zlib

WORTH_COMPRESSING = 1024  # bytes
FASTEST = 1


def compress(body: bytes, accepted: str) -> tuple[bytes, str | None]:
    """The body compressed as Accept-Encoding allows, and how; unchanged where that gains nothing."""
    names = [encoding.partition(";")[0].strip() for encoding in accepted.split(",")]
    if len(body) < WORTH_COMPRESSING:
        return body, None
    if "gzip" in names:
        return gzip.compress(body, FASTEST), "gzip"
    if "deflate" in names:
        return zlib.compress(body, FASTEST), "deflate"
    return body, None
