"""A data folder that a newer version has migrated: every command refuses it, and changes nothing."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.commands import run_command
from tests.migrated import migrate
from workers.schema.migrate import SchemaError, check_current, upgrade
from workers.settings import settings
from workers.storage.database import migration_engine, open_database

COMMANDS = {
    "backup": ["made.tar"],
    "check": ["worker"],
    "keys": [],
    "migrate": [],
    "run": ["--port", "0"],
    "serve": ["--port", "0"],
    "up": ["--port", "0"],
}


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data = tmp_path / "data"
    url = f"sqlite:///{data / 'bakeoff.db'}"
    migrate(url)
    engine = migration_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("ALTER TABLE jobs ADD COLUMN of_the_future")
    engine.dispose()
    monkeypatch.setenv("BAKEOFF_DATA", str(data))
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    return data


@pytest.fixture(autouse=True)
def _own_settings() -> None:
    settings.cache_clear()


def content_of(data: Path) -> dict[str, str]:
    """Name → SHA-256 of every file with content, but for SQLite's index of its log."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in data.rglob("*")
        if path.is_file() and path.stat().st_size and not path.name.endswith("-shm")
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_refuses_and_changes_nothing(newer: Path, command: str) -> None:
    before = content_of(newer)
    with pytest.raises(SystemExit) as refused:
        run_command(command, COMMANDS[command])
    assert "revision 9999" in str(refused.value.code)
    assert "Install that version, or restore a backup of this one" in str(refused.value.code)
    open_database(settings().resolved_database_url).dispose()
    assert content_of(newer) == before
    assert not (newer.parent / "made.tar").exists()


def test_no_worker_starts(newer: Path) -> None:
    before = content_of(newer)
    ended = subprocess.run(
        [sys.executable, "-m", "bakeoff", "work"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("bakeoff: the database is at revision 9999"), ended.stderr
    assert ended.stderr.count("\n") == 1
    assert content_of(newer) == before


def test_nor_is_it_migrated(newer: Path) -> None:
    url = settings().resolved_database_url
    for use in (upgrade, lambda url: check_current(open_database(url))):
        with pytest.raises(SchemaError, match="a newer version of Bakeoff made it"):
            use(url)
    open_database(url).dispose()
    assert newer.exists()
