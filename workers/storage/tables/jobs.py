"""Jobs, and what is written down while they run: events and metrics."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from workers.observability.request_context import RequestContext
from workers.storage.tables.base import Base, UtcDateTime
from workers.storage.tables.deletions import Deletable, index_of_deleted
from workers.storage.tables.labels import Labelled

MAX_ATTEMPTS = 3


class JobStatus(StrEnum):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})
UNFINISHED = frozenset(JobStatus) - FINAL


def _index_of_queue(name: str, condition: str) -> Index:
    """An index of the jobs that wait, in the order of the queue."""
    where = text(condition)
    columns = (text("priority DESC"), "created_at", "id")
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Job(Labelled, Deletable, Base):
    """The request to do one piece of work."""

    __tablename__ = "jobs"
    __table_args__ = (
        # Claiming reads only the jobs of its lane that wait, and takeover only those that run.
        _index_of_queue("ix_jobs_queued", "status = 'queued' AND NOT beside"),
        _index_of_queue("ix_jobs_beside", "status = 'queued' AND beside"),
        Index(
            "ix_jobs_running",
            "lease_expires_at",
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
        Index("ix_jobs_created_at", "created_at", "id"),
        # The newest of a kind. None by status: SQLite would claim with it, and sort the whole queue.
        Index("ix_jobs_kind", "kind", "created_at", "id"),
        index_of_deleted("jobs"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # the name of a file of workers/kinds
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)  # higher first
    comparison_id: Mapped[str | None] = mapped_column(ForeignKey("comparisons.id"), index=True)

    name: Mapped[str | None]  # what people call it

    # What to do. A fetch has only a dataset; the options of a latency are the table to measure.
    dataset: Mapped[str]
    #: Content and split that the job uses, whatever its name stands for later; None: not known yet.
    dataset_sha256: Mapped[str | None]
    dataset_split: Mapped[str | None]
    architecture: Mapped[str | None]
    options: Mapped[dict[str, Any]]
    recipe: Mapped[dict[str, Any] | None]
    recipe_hash: Mapped[str | None]
    seed: Mapped[int] = mapped_column(default=0)
    #: Which part of the dataset, from 1 to `folds`, tests; None: the test split of the dataset.
    fold: Mapped[int | None]
    folds: Mapped[int | None]
    #: Whose latency to measure, or which to quantise. No foreign key: models refer to jobs already.
    model_id: Mapped[str | None] = mapped_column(index=True)

    #: The id of the job whose end it waits for, however that ends; None: it waits for none. No foreign
    #: key: SQLite would have to copy the table for it.
    depends_on: Mapped[str | None] = mapped_column(index=True)
    #: The pretrained weights that it starts from: `name`, `sha256`, `source` and `licence`; None: it
    #: starts from none, or has yet to find them.
    pretrained: Mapped[dict[str, Any] | None]

    #: The request that asked for it: its id in logs, and its place in a trace, as W3C Trace Context has it.
    request_id: Mapped[str | None]
    traceparent: Mapped[str | None]

    # Who does it. Every write of a worker names the token it claimed with.
    #: Whether it runs beside trainings, in a slot of its own; the column kept its first name.
    background: Mapped[bool] = mapped_column("beside", default=False, server_default=false())
    token: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)  # counted at claim
    max_attempts: Mapped[int] = mapped_column(default=MAX_ATTEMPTS)
    worker: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested: Mapped[bool] = mapped_column(default=False)

    # How it goes.
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the first attempt
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    progress: Mapped[dict[str, Any] | None]
    epoch: Mapped[int] = mapped_column(default=0)  # last epoch accepted
    checkpoint: Mapped[str | None]  # artifact path, of that epoch
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]  # one sentence

    @property
    def request(self) -> RequestContext:
        """The request that asked for it."""
        return RequestContext(self.request_id, self.traceparent)


class Event(Base):
    """One thing that happened to a job: a change of status, an epoch accepted, a damaged checkpoint."""

    __tablename__ = "events"
    #: Whoever follows events asks for those after an id, so that no id may be given again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str]  # "status", "epoch" or "fallback" (to an earlier checkpoint)
    token: Mapped[int]  # of the lease it happened under
    data: Mapped[dict[str, Any]]


class Metric(Base):
    """One number of one job at one epoch."""

    __tablename__ = "metrics"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None]  # None where the number was not finite, which SQL cannot keep
    token: Mapped[int]  # of the lease it was accepted under
