"""A large body of a request, received into a file that is removed afterwards."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from fastapi import Request

from service.errors import TooLargeError
from service.inference.admission import content_length
from workers.storage.full_disk import DiskFullError, free_bytes, full_disk, refusing_full_disk

#: What the OpenAPI document says of such a body.
BINARY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ReceivedFile(NamedTuple):
    """A body that has arrived whole."""

    path: Path
    sha256: str


@asynccontextmanager
async def received(
    request: Request, folder: Path, prefix: str, max_bytes: int
) -> AsyncIterator[ReceivedFile]:
    """The body of a request as a file in `folder`, while the context lasts.

    TooLargeError as soon as it has more than `max_bytes`; DiskFullError. Both come before the body is
    read where its length is stated, so that a client that waits for 100 Continue does not send it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stated = content_length(request.scope) or 0
    _refuse_over(max_bytes, stated)
    if stated > free_bytes(folder):
        raise full_disk([folder])
    with tempfile.NamedTemporaryFile(dir=folder, prefix=prefix) as temporary:
        file = cast("BinaryIO", temporary)
        try:
            with refusing_full_disk(folder):
                sha256 = await _write(request, file, max_bytes)
        except DiskFullError:
            os.ftruncate(file.fileno(), 0)  # for the others on this disk
            await _read_to_the_end(request)  # a client that still sends would not read the answer
            raise
        yield ReceivedFile(Path(temporary.name), sha256)


async def _read_to_the_end(request: Request) -> None:
    with suppress(RuntimeError):  # Starlette's, where it is at its end: the last write has failed
        async for _ in request.stream():
            pass


async def _write(request: Request, file: BinaryIO, max_bytes: int) -> str:
    """Write the body to a file; returns its SHA-256."""
    size, digest = 0, hashlib.sha256()
    async for block in request.stream():
        size += len(block)
        _refuse_over(max_bytes, size)
        file.write(block)
        digest.update(block)
    file.flush()
    return digest.hexdigest()


def _refuse_over(max_bytes: int, size: int) -> None:
    if size > max_bytes:
        raise TooLargeError(f"the upload is larger than the {max_bytes:,} bytes accepted")
