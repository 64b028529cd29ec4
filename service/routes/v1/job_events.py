"""The events of a job, as a stream."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Header
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import Engine

from service.dependencies import Database, Id
from service.errors import refusals
from workers.queue import events, jobs
from workers.storage.database import transaction
from workers.storage.tables import FINAL, Event, Job

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["jobs"])

POLL_SECONDS = 0.25
HIGHEST_ID = 2**63 - 1  # of a row

LastEventId = Annotated[
    int, Header(ge=0, le=HIGHEST_ID, description="the last id that was seen; 0: from the start")
]


def _require_job(job_id: Id, database: Database) -> str:
    with transaction(database, read_only=True) as session:
        return jobs.get(session, job_id).id


# A stream begins, with status 200, before its generator runs: a job that is not there is refused here.
ExistingJob = Annotated[str, Depends(_require_job)]


@router.get(
    "/events",
    summary="Follow a job",
    response_class=EventSourceResponse,
    responses=refusals(404, 410),
)
async def follow_job(
    job_id: ExistingJob, database: Database, last_event_id: LastEventId = 0
) -> AsyncIterator[ServerSentEvent]:
    """What happens to a job as server-sent events, from the start or after `Last-Event-ID`.

    `status`, `epoch` and `fallback` (to an earlier checkpoint) have an id; `progress` has none.
    The stream ends with the job.
    """
    last_progress: dict[str, Any] | None = None
    while True:
        # A short transaction each time: a reader that stays open would keep the WAL from shrinking.
        job, new_events = await run_in_threadpool(_read, database, job_id, last_event_id)
        for event in new_events:
            last_event_id = event.id
            yield _as_sent(event)
        if new_events:
            continue  # there may be more than were read at once
        if job.status in FINAL:
            return
        if job.progress and job.progress != last_progress:
            last_progress = job.progress
            yield ServerSentEvent(event="progress", data=last_progress)
        await anyio.sleep(POLL_SECONDS)


def _as_sent(event: Event) -> ServerSentEvent:
    at = event.at.isoformat().replace("+00:00", "Z")
    return ServerSentEvent(event=event.kind, id=str(event.id), data={**event.data, "at": at})


def _read(database: Engine, job_id: str, last_id: int) -> tuple[Job, list[Event]]:
    with transaction(database, read_only=True) as session:
        job = session.get_one(Job, job_id)  # it may have ended and been deleted meanwhile
        return job, events.list_after(session, job.id, last_id)
