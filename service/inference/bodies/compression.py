"""Bodies that are packed by gzip or deflate, bounded before they are unpacked."""

import gzip
import zlib

from service.errors import TooLargeError
from service.inference.bodies.tensors import ProtocolError

EITHER = 47  # zlib's number for: a gzip or a zlib header, whichever is there
WORTH_PACKING = 1024  # bytes
FASTEST = 1


def unpack(body: bytes, encoding: str, *, most_bytes: int) -> bytes:
    """The body as it was before it was packed. ProtocolError, TooLargeError."""
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "deflate"}:
        raise ProtocolError(
            f"Content-Encoding '{encoding[:40]}' is not accepted; take gzip or deflate"
        )
    unpacking = zlib.decompressobj(EITHER)
    try:
        content = unpacking.decompress(body, most_bytes)
    except zlib.error as error:
        raise ProtocolError(f"the body is not {encoding} ({error})") from None
    if unpacking.unconsumed_tail:
        raise TooLargeError(f"unpacked the body is larger than the {most_bytes:,} bytes accepted")
    if not unpacking.eof:
        raise ProtocolError(f"the {encoding} of the body ends too early")
    return content


def pack(body: bytes, accepted: str) -> tuple[bytes, str | None]:
    """The body packed as a client accepts it, and how; as it is where that gains nothing."""
    names = [one.partition(";")[0].strip() for one in accepted.split(",")]
    if len(body) < WORTH_PACKING:
        return body, None
    if "gzip" in names:
        return gzip.compress(body, FASTEST), "gzip"
    if "deflate" in names:
        return zlib.compress(body, FASTEST), "deflate"
    return body, None
