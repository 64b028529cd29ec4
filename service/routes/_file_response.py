"""Files of which clients may ask for ranges (RFC 9110, section 14): a download that broke off goes on."""

import os
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

OCTETS = "application/octet-stream"
_RANGE = r"(?:(\d{1,18})-(\d{0,18})|-\d{1,18})"
_are_ranges = re.compile(rf"bytes=\s*{_RANGE}(?:\s*,\s*{_RANGE})*\s*", re.IGNORECASE).fullmatch
_bounded = re.compile(r"(\d+)-(\d+)").findall


class RangedFile(FileResponse):
    """A file or some ranges of it: 200, 206, or 416 where the file has none of the bytes asked for.

    `headers` has the ETag. Starlette reads the ranges; here a range that means nothing is left out,
    as the RFC demands, where Starlette would answer 400.
    """

    def __init__(
        self, path: Path, headers: Mapping[str, str], media_type: str, *, is_temporary: bool
    ) -> None:
        self._is_temporary = is_temporary  # then it is removed afterwards
        super().__init__(path, headers=headers, media_type=media_type)

    def set_stat_headers(self, stat_result: os.stat_result) -> None:
        """The length alone: ETag and date are those of the content, not of this copy of it."""
        self.headers["content-length"] = str(stat_result.st_size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or what the request asks for of it."""

        async def send_or_refuse(message: Message) -> None:
            if message.get("status") == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise self._no_such_range()
            await send(message)

        try:
            await super().__call__(self._with_valid_range(scope), receive, send_or_refuse)
        finally:
            if self._is_temporary:
                Path(self.path).unlink(missing_ok=True)

    def _no_such_range(self) -> HTTPException:
        size = self.headers["content-length"]
        detail = f"the file has {int(size):,} bytes, and none of those that Range asks for"
        headers = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
        return HTTPException(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, detail, headers)

    def _with_valid_range(self, scope: Scope) -> Scope:
        """The request, without a Range that is none, or is meant for other content (If-Range)."""
        asked = Headers(scope=scope)
        ranges, meant_for = asked.get("range", ""), asked.get("if-range")
        is_valid = _are_ranges(ranges) and all(
            int(first) <= int(last) for first, last in _bounded(ranges)
        )
        # A date is compared as it is written: what we have sent is sent back.
        is_meant = meant_for in {None, self.headers["etag"], self.headers.get("last-modified")}
        gone = {b"if-range"} if is_valid and is_meant else {b"if-range", b"range"}
        return {**scope, "headers": [item for item in scope["headers"] if item[0] not in gone]}
