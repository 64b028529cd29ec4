"""Health: whether the service is alive and ready, and its metrics for Prometheus."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from service.dependencies import CurrentSettings, Database, ReadSession
from service.errors import refusals
from service.metrics.prometheus import REGISTRY, count_jobs
from service.routes._document import Document
from workers.queue import registrations
from workers.schema.migrate import check_current
from workers.storage.database import sqlite_version, utc_now

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class WorkerDocument(Document):
    """A worker that has been heard of lately."""

    id: str
    host: str
    device: str
    slots: int
    started_at: datetime
    beat_at: datetime


class Ready(BaseModel):
    """The service can do its work."""

    status: str = "ready"
    database: str
    sqlite_version: str | None
    schema_revision: str
    workers: list[WorkerDocument]


@router.get("/health/live", summary="Is it alive?")
def live() -> Alive:
    """Answers as long as the process does."""
    return Alive()


@router.get("/health/ready", summary="Is it ready?", responses=refusals(503))
def ready(session: ReadSession, database: Database, settings: CurrentSettings) -> Ready:
    """Database reached and its schema current; says which workers there are."""
    revision = check_current(database.execution_options(read_only=True))
    kind = database.dialect.name
    since = utc_now() - timedelta(seconds=settings.lease_seconds)
    present = registrations.list_present(session, since=since)
    return Ready(
        database=kind,
        sqlite_version=sqlite_version() if kind == "sqlite" else None,
        schema_revision=revision,
        workers=[WorkerDocument.from_attributes(worker) for worker in present],
    )


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
def prometheus(session: ReadSession) -> Response:
    """Request durations by route, and jobs by status, in Prometheus' text format."""
    lines = ["# HELP bakeoff_jobs jobs by status", "# TYPE bakeoff_jobs gauge"]
    lines += [f'bakeoff_jobs{{status="{status}"}} {n}' for status, n in count_jobs(session).items()]
    text = generate_latest(REGISTRY) + ("\n".join(lines) + "\n").encode()
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})
