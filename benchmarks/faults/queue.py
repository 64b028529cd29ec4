"""How fast the queue is while 50,000 jobs wait: claims as workers make them, pages over HTTP."""

import functools
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from tests.service.conftest import served
from tests.waiting import until
from workers.queue import claims, jobs
from workers.queue.jobs import JobRequest
from workers.schema.migrate import upgrade
from workers.settings import Settings
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN

QUEUED = 50_000
CLAIMS = 500  # none of which ends, so that as many jobs run in the end
PAGES = 300
LISTS = {
    "of all": {},
    "of a status that no job has": {"status": "failed"},
    "of a dataset that no job has": {"dataset": "mnist"},
}


def queue(part: int) -> dict[str, Any]:
    """Claims and pages of 50, on SQLite in a file, synchronous=FULL."""
    del part
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), device="cpu")
        upgrade(settings.resolved_database_url)
        database = open_database(settings.resolved_database_url)
        _fill(database)
        claims = [_seconds(functools.partial(_claim, database)) for _ in range(CLAIMS)]
        with served(settings) as address, httpx.Client(base_url=address) as client:
            until(lambda: client.get("/health/live").is_success)
            pages = {name: _pages(client, filters) for name, filters in LISTS.items()}
        database.dispose()
    return {"claim_seconds": claims, "page_seconds": pages}


def _fill(database: Engine) -> None:
    now = datetime.now(UTC)
    with transaction(database) as session:
        for number in range(QUEUED):
            asked = JobRequest(TRAIN, "digits", "cnn", recipe={}, seed=number)
            jobs.enqueue(session, asked, now=now + timedelta(microseconds=number))


def _claim(database: Engine) -> None:
    with transaction(database) as session:
        claims.claim(
            session,
            worker="w",
            now=datetime.now(UTC),
            duration=timedelta(hours=1),
            dead_workers={"v"},
        )


def _pages(client: httpx.Client, filters: dict[str, str]) -> list[float]:
    """Seconds for each page from the first on, and again from the first after the last."""
    seconds: list[float] = []
    cursor: dict[str, str] = {}
    for _ in range(PAGES):
        started = time.perf_counter()
        answer = client.get("/v1/jobs", params={"limit": "50", **filters, **cursor})
        seconds.append(time.perf_counter() - started)
        following = answer.raise_for_status().json()["next"]
        cursor = {"cursor": following} if following else {}
    return seconds


def _seconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
