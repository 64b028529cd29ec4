"""What is deleted: rows are marked, and kept for a day before they go."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workers.storage.tables.base import Base, UtcDateTime

IS_DELETED = text("deleted_with IS NOT NULL")


class Deletable:
    """The columns of a table whose rows can be deleted and restored."""

    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: it is there
    #: The id of what was deleted and took this row with it; its own id where it was deleted itself.
    deleted_with: Mapped[str | None]


def index_of_deleted(table: str) -> Index:
    """An index of the rows that are deleted, which are few."""
    name = f"ix_{table}_deleted_with"
    return Index(name, "deleted_with", sqlite_where=IS_DELETED, postgresql_where=IS_DELETED)


class RemovedArtifact(Base):
    """An artifact, or a folder of them, whose rows are gone; the row goes when the files have gone."""

    __tablename__ = "removed_artifacts"

    path: Mapped[str] = mapped_column(primary_key=True)


class FirstJob(Base):
    """When the first job of this database was enqueued, should its row have been removed."""

    __tablename__ = "first_job"

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
