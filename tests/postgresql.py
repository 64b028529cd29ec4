"""A real PostgreSQL, started from its binaries in a temporary folder, and databases in it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
import pytest

from workers.storage.ids import new_id


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, started for these tests, without a database."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([str(folder) for folder in programs] + [os.environ["PATH"]])
    initdb, postgres = (shutil.which(name, path=path) for name in ("initdb", "postgres"))
    if not (initdb and postgres):
        pytest.skip("PostgreSQL's server is not installed here")
    # Not below pytest's folder: each pytest that starts, as the mutants' do, closes that one to
    # other accounts, and the server's next checkpoint would not reach its own data.
    with tempfile.TemporaryDirectory(prefix="bakeoff-postgresql-") as name:
        folder, user = Path(name), _somebody_else(Path(name))
        subprocess.run(
            [initdb, "-D", folder / "data", "-A", "trust", "-U", "bakeoff", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
        )
        with (folder / "log").open("wb") as log, _running(postgres, folder, user, log):
            _wait_for(folder)
            yield name


def new_database(host: str) -> str:
    """The URL of a new database without a table, on the server at `host`."""
    name = f"test_{new_id()}"
    with psycopg.connect(host=host, user="bakeoff", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://bakeoff@/{name}?host={host}"


def _somebody_else(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: the account to run it as instead, who is given the folder."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    account = next(name for name in ("postgres", "nobody") if name in known)
    shutil.chown(folder, account)
    return account


@contextmanager
def _running(postgres: str, folder: Path, user: str | None, log: IO[bytes]) -> Iterator[None]:
    server = subprocess.Popen(
        [postgres, "-D", folder / "data", "-k", folder, "-c", "listen_addresses="],
        stderr=log,
        user=user,
    )
    try:
        yield
        assert server.poll() is None, (folder / "log").read_text()
    finally:
        server.send_signal(signal.SIGINT)  # whoever is still connected is sent away
        server.wait()


def _wait_for(folder: Path) -> None:
    for _ in range(200):
        try:
            psycopg.connect(
                host=str(folder), user="bakeoff", dbname="postgres", connect_timeout=1
            ).close()
        except psycopg.OperationalError:
            subprocess.run(["sleep", "0.05"], check=True)
        else:
            return
    raise AssertionError((folder / "log").read_text())
