"""The power fails: whatever becomes of the log's tail, the database is whole and loses nothing before it."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text

from tests.migrated import migrate
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.database import open_database, sqlite_module, transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Job

NUM_JOBS = 40
CUTS = 40


@pytest.mark.parametrize("damage", ["cut", "zeroed", "torn"])
def test_what_was_acknowledged_before_the_damage_is_there_and_the_database_is_whole(
    tmp_path: Path, damage: str
) -> None:
    url = f"sqlite:///{tmp_path / 'bakeoff.db'}"
    migrate(url)
    database = open_database(url)
    log = tmp_path / "bakeoff.db-wal"
    with database.connect():  # the log is kept as long as somebody has it open
        acknowledged = _acknowledge(database, log)
        for path in (tmp_path / "bakeoff.db", log):
            shutil.copy(path, tmp_path / f"whole-{path.name}")
    database.dispose()

    chance = random.Random(damage)  # noqa: S311 - to be repeatable
    whole = (tmp_path / "whole-bakeoff.db-wal").read_bytes()
    for number in range(CUTS):
        at = chance.randrange(len(whole))
        folder = tmp_path / f"{number}"
        folder.mkdir()
        shutil.copy(tmp_path / "whole-bakeoff.db", folder / "bakeoff.db")
        (folder / "bakeoff.db-wal").write_bytes(_damaged(whole, at, damage, chance))

        found = _jobs_of(folder / "bakeoff.db")

        assert {job_id for size, job_id in acknowledged if size <= at} <= found
        assert found <= {job_id for _, job_id in acknowledged}


def _acknowledge(database: Engine, log: Path) -> list[tuple[int, str]]:
    """Enqueue jobs; the bytes of the log after each, and its id."""
    with transaction(database):
        """An empty one, so that the log is there."""
    acknowledged = []
    for number in range(NUM_JOBS):
        with transaction(database) as session:
            request = JobRequest(TRAIN, "digits", "cnn", recipe={}, seed=number)
            job_id = jobs.enqueue(session, request, now=datetime.now(UTC)).id
        acknowledged.append((log.stat().st_size, job_id))
    return acknowledged


def _damaged(log: bytes, at: int, damage: str, chance: random.Random) -> bytes:
    match damage:
        case "cut":
            return log[:at]
        case "zeroed":
            return log[:at] + bytes(len(log) - at)
        case _:
            return log[:at] + chance.randbytes(512) + log[at + 512 :]


def _jobs_of(path: Path) -> set[str]:
    opened = create_engine(f"sqlite:///{path}", module=sqlite_module())
    with opened.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        found = set(connection.execute(select(Job.id)).scalars())
    opened.dispose()
    return found
