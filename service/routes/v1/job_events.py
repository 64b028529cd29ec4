"""The events of a job, as a stream."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse

from service.dependencies import CurrentFeed, Database, Id
from service.errors import refusals
from service.live.streams import JobState, stream_job
from service.routes._event_streams import HIGHEST_ID, STREAM, event_stream
from workers.queue import events, jobs
from workers.storage.database import transaction

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["jobs"])

LastEventId = Annotated[
    int, Header(ge=0, le=HIGHEST_ID, description="the last id that was seen; 0: from the start")
]


def _read_state(job_id: Id, database: Database) -> JobState:
    with transaction(database, read_only=True) as session:
        job = jobs.get(session, job_id)
        newest_event = events.newest_id(session, job.id)
        # Read again after the event: where the job ends in between, its end is a newer event.
        session.refresh(job, ["status"])
        return JobState(job.id, job.status, newest_event)


# A stream begins, with status 200, before anything is read: a job that is not there is refused here.
ExistingJob = Annotated[JobState, Depends(_read_state)]


@router.get(
    "/events",
    summary="Follow a job",
    response_class=StreamingResponse,
    responses={**STREAM, **refusals(404, 410)},
)
async def follow_job(
    job: ExistingJob, feed: CurrentFeed, last_event_id: LastEventId = 0
) -> StreamingResponse:
    """What happens to a job as server-sent events, from the start or after `Last-Event-ID`.

    `status`, `epoch` and `fallback` (to an earlier checkpoint) have an id; `progress` has none.
    The stream ends with the job.
    """
    return event_stream(stream_job(feed, job, last_event_id))
