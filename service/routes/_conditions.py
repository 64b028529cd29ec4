"""Conditional requests (RFC 9110, section 13): what a client has already is not sent again."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Request

from workers.errors import BakeoffError

IfNoneMatch = Annotated[str | None, Header(description="304 where it still has this ETag")]


class PreconditionError(BakeoffError):
    """A request that is meant for other content."""

    status = HTTPStatus.PRECONDITION_FAILED

    def __init__(self, entity_tag: str) -> None:
        super().__init__(
            f"the content is another one than If-Match asks for; its ETag is {entity_tag}"
        )


class RequestConditions:
    """The conditions of a request."""

    def __init__(self, request: Request, if_none_match: IfNoneMatch = None) -> None:
        self._none_match, self._match = if_none_match, request.headers.get("if-match")
        self._modified_since = _date(request.headers.get("if-modified-since"))
        self._unmodified_since = _date(request.headers.get("if-unmodified-since"))

    def not_modified(self, entity_tag: str, modified: datetime | None = None) -> bool:
        """Whether 304 is the answer for content with this ETag; PreconditionError.

        `modified`, where it is known, is when the content was made. ETags go before dates.
        """
        modified = modified and modified.replace(microsecond=0)  # as dates in headers are
        if self._match is not None:
            if not _names(self._match, entity_tag, weakly=False):
                raise PreconditionError(entity_tag)
        elif modified and self._unmodified_since and modified > self._unmodified_since:
            raise PreconditionError(entity_tag)
        if self._none_match is not None:
            return _names(self._none_match, entity_tag, weakly=True)
        return bool(modified and self._modified_since and modified <= self._modified_since)


Conditions = Annotated[RequestConditions, Depends()]


def _names(listed: str, entity_tag: str, *, weakly: bool) -> bool:
    """Whether a list of ETags, or `*`, has this one. A proxy that compresses makes ours weak, `W/"…"`."""
    tags = [tag.strip() for tag in listed.split(",")]
    if weakly:
        tags = [tag.removeprefix("W/") for tag in tags]
    return "*" in tags or entity_tag in tags


def _date(text: str | None) -> datetime | None:
    """A date of a header; None where it is no date, which is then ignored."""
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
