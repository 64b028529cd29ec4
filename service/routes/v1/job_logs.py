"""The log of a job: what its process prints."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.dependencies import CurrentSettings, Id, ReadSession
from service.routes._conditions import Conditions
from service.routes._downloads import describe_conditional, respond_conditionally
from workers.queue import jobs
from workers.storage.job_logs import JobLogs

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["jobs"])


@router.get(
    "/log", summary="Log of a job", **describe_conditional("log", ["text/plain"], 404, 410, 422)
)
def show_log(
    job_id: Id,
    session: ReadSession,
    settings: CurrentSettings,
    conditions: Conditions,
    tail: Annotated[int, Query(ge=1, le=5000, description="lines, the last ones")] = 200,
) -> Response:
    """The last lines that a job's process has printed, of all its attempts. Carries an ETag.

    It is kept on the machine that ran the job, 256 KiB at most. Passwords, keys and tokens are hidden.
    """
    logs = JobLogs(settings.job_logs_folder)
    found = jobs.get(session, job_id).id
    return respond_conditionally(
        f"{logs.state(found)}-{tail}",
        conditions,
        lambda: Response(logs.tail(found, tail), media_type="text/plain; charset=utf-8"),
    )
