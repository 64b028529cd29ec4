"""Rows that are deleted are kept for a day: how they are told, and who may decide about them."""

from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workers.errors import BakeoffError
from workers.storage.database import utc_now
from workers.storage.tables import Comparison, Job, Model

KEPT = timedelta(days=1)  # how long what is deleted can be restored
RECORDS_LOCK = 0x7265636F  # the key of an advisory lock; any number that nothing else here uses

Record = Job | Comparison | Model
#: What a row is called.
KINDS: dict[type[Record], str] = {Job: "job", Comparison: "comparison", Model: "model"}


class DeletedError(BakeoffError):
    """What is asked for was deleted."""

    status = HTTPStatus.GONE

    def __init__(self, record: Record, deleted_at: datetime) -> None:
        kind, until = KINDS[type(record)], deleted_at + KEPT
        restored = (
            f"; until {until:%Y-%m-%d %H:%M} UTC it can be restored"
            f" (POST /v1/{kind}s/{record.deleted_with}/restore)"
            if record.deleted_with == record.id
            else f", with '{record.deleted_with}'; until {until:%Y-%m-%d %H:%M} UTC it is restored with that"
        )
        super().__init__(
            f"{kind} '{record.id}' was deleted{restored if utc_now() < until else ' for good'}"
        )


def refuse_deleted(record: Record) -> None:
    """DeletedError where a row is marked as deleted."""
    if record.deleted_at is not None:
        raise DeletedError(record, record.deleted_at)


def lock_records(session: Session) -> None:
    """Let one transaction at a time delete what another may be about to refer to.

    Begin with it: what was read before may be out of date.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(RECORDS_LOCK)))
