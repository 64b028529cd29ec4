"""Lists that are read page by page, newest first."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from workers.errors import BakeoffError

Row = TypeVar("Row")

LATEST = "latest"  # stands for the id of the newest row of a table


class CursorError(BakeoffError):
    """A cursor that no list gave out."""

    def __init__(self) -> None:
        super().__init__("the cursor is not one that a list gave as 'next'")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the next page; None at the end."""

    items: list[Row]
    next: str | None


def page(
    session: Session, query: Select[Any], table: Any, *, limit: int, cursor: str | None
) -> Page[Any]:
    """The rows of `query` over `table` (with created_at and id), after `cursor`, newest first."""
    query = query.order_by(table.created_at.desc(), table.id.desc())
    if cursor:
        created_at, row_id = _decode_cursor(cursor)
        query = query.where(tuple_(table.created_at, table.id) < tuple_(created_at, row_id))
    rows = list(session.scalars(query.limit(limit + 1)))
    more = len(rows) > limit
    items = rows[:limit]
    return Page(items, _encode_cursor(items[-1].created_at, items[-1].id) if more else None)


def _encode_cursor(created_at: datetime, row_id: str) -> str:
    return base64.urlsafe_b64encode(f"{created_at.isoformat()} {row_id}".encode()).decode()


def _decode_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        created_at, row_id = base64.urlsafe_b64decode(cursor).decode().split(" ")
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None:
            raise CursorError
        return moment.astimezone(UTC), row_id
    except (ValueError, OverflowError, binascii.Error):
        raise CursorError from None
