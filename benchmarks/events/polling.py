"""Our service, in which each follower of a job asks the database for itself, as all did before.

`python -m benchmarks.events.polling PORT`
"""

import sys
from collections.abc import AsyncIterator

import anyio
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import Engine

from service.commands import serve
from service.dependencies import Database, Id
from service.overload import PARTS
from service.overload.server import Server
from workers.queue import events, jobs
from workers.settings import settings
from workers.storage.database import transaction
from workers.storage.tables import FINAL, Event, Job

POLL_SECONDS = 0.25

router = APIRouter()


@router.get("/v1/jobs/{job_id}/events", response_class=EventSourceResponse)
async def poll_job(job_id: Id, database: Database) -> AsyncIterator[ServerSentEvent]:
    """Ask for what is new four times a second."""
    last_event_id = 0
    while True:
        job, new_events = await run_in_threadpool(_read, database, job_id, last_event_id)
        for event in new_events:
            last_event_id = event.id
            yield _as_sent(event)
        if job.status in FINAL:
            return
        await anyio.sleep(POLL_SECONDS)


def _as_sent(event: Event) -> ServerSentEvent:
    at = event.at.isoformat().replace("+00:00", "Z")
    return ServerSentEvent(event=event.kind, id=str(event.id), data={**event.data, "at": at})


def _read(database: Engine, job_id: str, last_id: int) -> tuple[Job, list[Event]]:
    with transaction(database, read_only=True) as session:
        job = jobs.get(session, job_id)
        return job, events.list_after(session, job.id, last_id)


def install(server: Server) -> None:
    """Put the endpoint in front of that of the service."""
    server.app.include_router(router)
    routes = server.app.router.routes
    routes.insert(0, routes.pop())


def main(port: str) -> None:
    """Serve until the process is stopped."""
    parts = [*PARTS.values(), install]
    serve.run(settings().model_copy(update={"port": int(port)}), parts)


if __name__ == "__main__":
    main(*sys.argv[1:])
