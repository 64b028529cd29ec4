"""The events of all jobs, as one stream for a page that shows many of them."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse

from service.dependencies import NAME_PATTERN, CurrentFeed, Database
from service.errors import refusals
from service.live.streams import stream_all
from service.routes._event_streams import HIGHEST_ID, STREAM, event_stream
from workers.queue import comparisons, jobs
from workers.queue.events import EventFilter
from workers.storage.database import transaction

router = APIRouter(prefix="/v1", tags=["jobs"])


class EventKind(StrEnum):
    """What a stream tells of a job."""

    STATUS = "status"
    EPOCH = "epoch"
    FALLBACK = "fallback"
    PROGRESS = "progress"


Name = Annotated[str, Query(pattern=NAME_PATTERN)]
JobIds = Annotated[
    list[Name],
    Query(
        default_factory=list,
        max_length=200,
        description="ids, or `latest`; repeat it for several jobs",
    ),
]
Kinds = Annotated[
    list[EventKind],
    Query(default_factory=list, max_length=len(EventKind), description="all by default"),
]
ComparisonId = Annotated[
    str | None,
    Query(pattern=NAME_PATTERN, description="an id, or `latest`: the jobs of this comparison"),
]
After = Annotated[
    int | None,
    Query(ge=0, le=HIGHEST_ID, description="begin after this id; 0: the start; default: now"),
]
LastEventId = Annotated[
    int | None,
    Header(ge=0, le=HIGHEST_ID, description="the last id that was seen; it overrides `after`"),
]


def _resolve(
    database: Database,
    job: JobIds,
    kind: Kinds,
    comparison: ComparisonId = None,
) -> EventFilter:
    """The filter with ids in the place of `latest`; refuses what is not there, before a stream begins."""
    with transaction(database, read_only=True) as session:
        return EventFilter(
            frozenset(found.id for found in jobs.get_all(session, job)),
            comparisons.get(session, comparison).id if comparison else None,
            frozenset(kind),
        )


@router.get(
    "/events",
    summary="Follow all jobs",
    response_class=StreamingResponse,
    responses={**STREAM, **refusals(404)},
)
async def follow_events(
    wanted: Annotated[EventFilter, Depends(_resolve)],
    feed: CurrentFeed,
    after: After = None,
    last_event_id: LastEventId = None,
) -> StreamingResponse:
    """What happens to jobs as server-sent events, from now on or after an event; it does not end.

    `status`, `epoch` and `fallback` (to an earlier checkpoint) have an id and come in the order of their
    ids; `progress` has none. All name their `job_id` and the `comparison_ids` that contain the job.
    `ready` says that what happened before has been sent: what is asked for from now on is not older than
    its id. With several filters, events fit all of them.
    """
    return event_stream(stream_all(feed, wanted, after if last_event_id is None else last_event_id))
