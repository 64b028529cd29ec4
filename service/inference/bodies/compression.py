"""Bodies compressed by gzip or deflate, bounded before they are decompressed."""

import gzip
import zlib

from service.errors import TooLargeError
from service.inference.bodies.errors import ProtocolError

GZIP_OR_ZLIB = 47  # zlib's number for: whichever of the two headers is there
WORTH_COMPRESSING = 1024  # bytes
FASTEST = 1


def decompress(body: bytes, encoding: str, *, max_bytes: int) -> bytes:
    """The body before it was compressed. ProtocolError, TooLargeError."""
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "deflate"}:
        raise ProtocolError(
            f"Content-Encoding '{encoding[:40]}' is not accepted; take gzip or deflate"
        )
    decompressor = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        content = decompressor.decompress(body, max_bytes)
    except zlib.error as error:
        raise ProtocolError(f"the body is not {encoding} ({error})") from None
    if decompressor.unconsumed_tail:
        raise TooLargeError(f"the unpacked body is larger than the {max_bytes:,} bytes accepted")
    if not decompressor.eof:
        raise ProtocolError(f"the {encoding} of the body ends too early")
    return content


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
