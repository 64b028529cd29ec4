"""What traffic and faults are given: the installation, a client of it, and what is known of the answers."""

import asyncio
import random
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from benchmarks.soak.expected import Reference
from benchmarks.soak.installation import Installation
from benchmarks.soak.pictures import Picture
from benchmarks.soak.record import Record

TIMEOUT = 90.0  # seconds, after which an answer counts as one that never comes
#: That a connection may rest before it is used again: where the service closes it at that moment, after
#: five seconds, a request is lost without anybody's fault.
KEPT_SECONDS = 1.0
MAX_QUOTED = 300  # characters of an answer
OK = frozenset({200})
#: What any request may be answered with, whatever was asked: too much at once.
ALWAYS = frozenset({429})


@dataclass
class World:
    """One soak."""

    installation: Installation
    record: Record
    references: list[Reference]
    pictures: list[Picture]
    chance: random.Random
    comparison_id: str
    has_small_disk: bool  # of the data folder alone, which may be filled
    was_disk_full: bool = False
    running_job: str | None = None
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    outages: list[list[float]] = field(default_factory=list)
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        """Make a new client."""
        limits = httpx.Limits(max_connections=None, keepalive_expiry=KEPT_SECONDS)
        self.http = httpx.AsyncClient(
            base_url=self.installation.url, timeout=TIMEOUT, limits=limits
        )

    @contextmanager
    def outage(self) -> Iterator[None]:
        """While the context lasts, connections may break."""
        span = [time.monotonic(), float("inf")]
        self.outages.append(span)
        try:
            yield
        finally:
            span[1] = time.monotonic()

    def excuses(self, began: float) -> bool:
        """Whether an outage explains why a request broke that began at a moment."""
        return any(end >= began for _, end in self.outages)

    async def ask(
        self, method: str, path: str, *, accepted: Collection[int] = OK, **request: Any
    ) -> httpx.Response | None:
        """The answer, if it has one of the accepted statuses; what else must not be is recorded."""
        began = time.monotonic()
        try:
            answer = await self.http.request(method, path, **request)
        except httpx.TransportError as error:
            self.note_broken(f"{method} {path}", error, began)
            await asyncio.sleep(0.2)
            return None
        self.record.count(f"status {answer.status_code}")
        if answer.status_code in accepted:
            return answer
        self.note_status(f"{method} {path}", answer)
        return None

    def note_status(self, what: str, answer: httpx.Response) -> None:
        """Record an answer that was not hoped for, if it is not one of those that are documented."""
        if not self._is_documented(answer):
            self.record.note_wrong(f"{what}: {answer.status_code} {answer.text[:MAX_QUOTED]}")

    def note_broken(self, what: str, error: Exception, began: float) -> None:
        """A request has had no answer."""
        if self.excuses(began):
            self.record.count("broken by an outage")
        else:
            self.record.note_wrong(f"{what}: no answer, {error!r}")

    def picture(self, *, is_small: bool = True) -> Picture:
        """Any of the small ones, or the photograph."""
        wanted = [each for each in self.pictures if (each.pixels is not None) == is_small]
        return self.chance.choice(wanted)

    def judge(self, what: str, findings: Sequence[str | None]) -> None:
        """Record answers that are not right."""
        self.record.counts["answers checked"] += len(findings)
        for finding in filter(None, findings):
            self.record.note_wrong(f"{what}: {finding}")

    def _is_documented(self, answer: httpx.Response) -> bool:
        is_problem = answer.headers.get("Content-Type") == "application/problem+json"
        if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            return is_problem and "Retry-After" in answer.headers
        return is_problem and answer.status_code in ALWAYS
