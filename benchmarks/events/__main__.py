"""make bench-events: what followers of a job cost the process of the service → docs/events.md.

Some or many follow one job, first while nothing happens, then while an epoch ends every second. The service
is the whole one, once as it is and once with followers that each ask the database, as all did before.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from sqlalchemy import Engine

from benchmarks.evidence import evidence
from benchmarks.printed import ROOT
from benchmarks.serving.servers import READY, Server, started
from workers.queue import claims, jobs, leases
from workers.queue.jobs import JobRequest
from workers.queue.leases import Lease
from workers.schema.migrate import upgrade
from workers.settings import Settings
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.kind_names import TRAIN

TARGET = ROOT / "docs" / "events.md"
BEGIN, END = "<!-- written by make bench-events -->", "<!-- end -->"
PYTHON = [sys.executable, "-m"]
OURS = "one reader for all"
WAYS = {
    OURS: [*PYTHON, "bakeoff", "serve", "--port"],
    "each asks the database": [*PYTHON, "benchmarks.events.polling"],
}
MOST_LOOKING, MOST_IN_ALL = 0.1, 0.5  # of a core
METRICS = {f"metric_{number}": 0.5 for number in range(12)}  # about as many as an epoch has


@dataclass(frozen=True)
class Cost:
    """Shares of a core that the process took, and what arrived."""

    way: str
    num_followers: int
    resting: float  # before anybody followed
    looking: float  # while nothing happened
    in_all: float  # while an epoch ended every second
    arrived: float  # share of the events that were sent to all in time


def main(
    seconds: Annotated[int, typer.Option(min=2, help="Of each measurement.")] = 10,
    followers: Annotated[list[int] | None, typer.Option(help="How many follow.")] = None,
    target: Annotated[Path, typer.Option(help="The page.")] = TARGET,
) -> None:
    """Measure, and write the page."""
    console = Console(stderr=True)
    costs = []
    for number in followers or [100, 1000]:
        for way, command in WAYS.items():
            with tempfile.TemporaryDirectory() as folder:
                costs.append(_measure(way, command, number, seconds, Path(folder)))
            console.print(costs[-1])
    page = target.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    target.write_text(before + BEGIN + "\n" + _section(costs, seconds) + END + after)


def _measure(way: str, command: list[str], number: int, seconds: int, folder: Path) -> Cost:
    settings = Settings(data=folder / "data", device="cpu")
    upgrade(settings.resolved_database_url)
    database = open_database(settings.resolved_database_url)
    lease = _running_job(database)
    with started(Server(way, command, "", READY), folder) as (url, pid):
        process = psutil.Process(pid)
        resting = _share(process, lambda: time.sleep(seconds / 4))
        with _followers(url, lease.job_id, number) as following:
            looking = _share(process, lambda: time.sleep(seconds))
            in_all = _share(process, lambda: _end_epochs(database, lease, seconds))
            time.sleep(1)  # for the last to arrive
            told, _ = following.communicate()
    database.dispose()
    arrived = json.loads(told)["told"] / (number * seconds)
    return Cost(way, number, resting, looking, in_all, arrived)


def _running_job(database: Engine) -> Lease:
    with transaction(database) as session:
        jobs.enqueue(session, JobRequest(TRAIN, "digits", "cnn"), now=utc_now())
        job = claims.claim(session, worker="bench", now=utc_now(), duration=timedelta(hours=1))
        assert job  # noqa: S101 - it was enqueued just now
        return Lease(job.id, job.token)


def _end_epochs(database: Engine, lease: Lease, seconds: int) -> None:
    """Let an epoch end every second."""
    begun = time.perf_counter()
    for epoch in range(1, seconds + 1):
        with transaction(database) as session:
            leases.record_epoch(
                session, lease, epoch=epoch, values=METRICS, checkpoint="none", now=utc_now()
            )
        time.sleep(max(0.0, begun + epoch - time.perf_counter()))


def _followers(url: str, job_id: str, number: int) -> subprocess.Popen[str]:
    """The followers, in a process of their own, as soon as all of them follow."""
    command = [*PYTHON, "benchmarks.events.followers", url, job_id, str(number)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout  # noqa: S101 - it is a pipe
    if not process.stdout.readline():
        raise RuntimeError("the followers did not all get their streams")
    return process


def _share(process: psutil.Process, happens: Callable[[], None]) -> float:
    """The share of a core that a process takes while something happens."""
    begun, before = time.perf_counter(), process.cpu_times()
    happens()
    after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    return max(0.0, float(used / (time.perf_counter() - begun)))  # rounding may go below nothing


def _section(costs: list[Cost], seconds: int) -> str:
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {evidence('uvicorn', 'fastapi', 'sqlalchemy')}; SQLite;"
        f" {seconds} s of each, after {seconds / 4:g} s in which nobody followed. Shares are of one core,"
        " user and system time of the process of the service, resting included.",
        "",
        "| followers of one job | | resting | looking, no event | in all, an event a second | arrived |",
        "|---:|---|---:|---:|---:|---:|",
        *(
            f"| {cost.num_followers:,} | {cost.way} | {cost.resting:.1%} | {cost.looking:.1%} |"
            f" {cost.in_all:.1%} | {cost.arrived:.1%} |"
            for cost in costs
        ),
        "",
        *_goals(costs),
    ]
    return "\n".join([*lines, ""])


def _goals(costs: list[Cost]) -> list[str]:
    """What was wanted of the largest number of followers."""
    ours = [cost for cost in costs if cost.way == OURS]
    cost = max(ours, key=lambda each: each.num_followers)
    looks, in_all = cost.looking < MOST_LOOKING, cost.in_all < MOST_IN_ALL
    return [
        f"Wanted of {cost.num_followers:,} followers: under {MOST_LOOKING:.0%} of a core for looking"
        f" ({'reached' if looks else 'missed'}), and under {MOST_IN_ALL:.0%} in all"
        f" ({'reached' if in_all else 'missed'})."
    ]


if __name__ == "__main__":
    typer.run(main)
