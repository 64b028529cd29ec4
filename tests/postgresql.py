"""A real PostgreSQL, started from its binaries in a temporary folder, and databases in it."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from workers.ids import new_id


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server, started for these tests, without a database."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([str(one) for one in programs] + [os.environ["PATH"]])
    initdb, postgres = (shutil.which(name, path=path) for name in ("initdb", "postgres"))
    if not (initdb and postgres):
        pytest.skip("PostgreSQL's server is not installed here")
    folder = tmp_path_factory.mktemp("postgresql")
    user = _somebody_else(folder)
    subprocess.run(
        [initdb, "-D", folder / "data", "-A", "trust", "-U", "bakeoff", "--no-sync"],
        check=True,
        capture_output=True,
        user=user,
    )
    server = subprocess.Popen(
        [postgres, "-D", folder / "data", "-k", folder, "-c", "listen_addresses="],
        stderr=subprocess.DEVNULL,
        user=user,
    )
    try:
        _wait_for(str(folder))
        yield str(folder)
    finally:
        server.send_signal(signal.SIGINT)  # whoever is still connected is sent away
        server.wait()


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
    known = {one.pw_name for one in pwd.getpwall()}
    account = next(name for name in ("postgres", "nobody") if name in known)
    shutil.chown(folder, account)
    for parent in folder.parents:
        if parent.owner() == "root" and parent.name.startswith("pytest-"):
            parent.chmod(0o755)
    return account


def _wait_for(host: str) -> None:
    for _ in range(200):
        try:
            psycopg.connect(host=host, user="bakeoff", dbname="postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            subprocess.run(["sleep", "0.05"], check=True)
        else:
            return
    raise AssertionError("PostgreSQL does not start")
