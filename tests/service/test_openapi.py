"""Every operation of the OpenAPI document is asked for what it accepts and for what it does not.

Whatever comes in, the answer is one that the document names, and never an error of ours. EXAMPLES
says how many requests of each sort an operation gets; `make fuzz` asks for more than the suite does.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from sqlalchemy import select

from tests.service.conftest import Service, served
from workers.queue import jobs
from workers.settings import Settings
from workers.storage.database import open_database, transaction
from workers.storage.tables import Job, JobStatus

EXAMPLES = int(os.environ.get("EXAMPLES", "3"))


@pytest.fixture
def own(trained: Service, tmp_path: Any) -> Iterator[Settings]:
    """A copy of the trained installation, which may be changed."""
    shutil.copytree(trained.settings.data, tmp_path / "data")
    settings = Settings(data=tmp_path / "data", device="cpu")
    yield settings
    open_database(settings.resolved_database_url).dispose()


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("default")  # of the library, which generates what it then warns of
def test_no_request_is_answered_by_an_error_of_ours_or_by_a_status_that_is_not_documented(
    own: Settings, trained: Service
) -> None:
    schema = schemathesis.openapi.from_dict(trained.http.get("/openapi.json").json())
    wrong: list[str] = []
    with served(own) as address:
        # A stream that begins has no end; its refusals are in routes/v1/test_events.py.
        for result in schema.exclude(path="/v1/events").get_all_operations():
            for mode in GenerationMode:
                wrong += _answers(result.ok(), mode, address, own)

    assert wrong == []


def _answers(operation: Any, mode: GenerationMode, address: str, own: Settings) -> list[str]:
    """What is wrong with the answers of an operation, each status once."""
    wrong: dict[int, str] = {}

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call(base_url=address, timeout=60)
        cancel_all(own)
        documented = {str(status) for status in operation.definition.raw["responses"]}
        if answer.status_code >= 500 or str(answer.status_code) not in documented:
            said = f"{operation.label}: {answer.status_code} {answer.text[:300]}"
            wrong.setdefault(answer.status_code, f"{said} for {case.as_curl_command()[:600]}")

    with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # there is nothing to get wrong
        ask()
    return list(wrong.values())


def cancel_all(own: Settings) -> None:
    """What was asked for is cancelled, or the stream of its events would never end."""
    with transaction(open_database(own.resolved_database_url)) as session:
        queued = select(Job.id).where(Job.status == JobStatus.QUEUED)
        for job_id in session.scalars(queued).all():
            jobs.cancel(session, job_id, now=datetime.now(UTC))
