"""The database: one engine per process, one transaction per request or step of a job."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json  # reads results four times faster than json.loads
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError  # noqa: A004 - theirs
from sqlalchemy.orm import Session

from workers.crash_points import CrashPoint, reach

BUSY_SECONDS = 10
UNLIMITED = -1  # connections beyond those that are kept, which cost SQLite a file or two each

#: The errors of a database that is locked, full or gone for now; a wrong query raises others.
UNAVAILABLE = (OperationalError, InterfaceError)
#: The same, and that of a process all of whose connections are taken.
UNANSWERED = (*UNAVAILABLE, TimeoutError)


def utc_now() -> datetime:
    """The time by the clock of this machine."""
    return datetime.now(UTC)


def database_now(session: Session) -> datetime:
    """The time by the one clock that all workers share, the database's."""
    if session.get_bind().dialect.name == "sqlite":
        return utc_now()  # its file is on this machine, and so is every worker
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)


@functools.cache
def open_database(url: str) -> Engine:
    """The engine of this process for `url`. Open it after any fork, never before."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, json_deserializer=from_json)
    created = create_engine(
        url,
        module=sqlite_module(),
        connect_args={"timeout": BUSY_SECONDS},
        json_deserializer=from_json,
        # Else threads wait for a connection while requests that have one wait for a thread.
        max_overflow=UNLIMITED,
    )
    event.listen(created, "connect", _prepare_connection)
    event.listen(created, "begin", _begin)
    return created


def migration_engine(url: str) -> Engine:
    """An engine without foreign keys, for migrations alone.

    With them on, SQLite's way to alter a table (copy, drop, rename) would delete every row that
    refers to it, silently.
    """
    if not url.startswith("sqlite"):
        return create_engine(url)
    created = create_engine(url, module=sqlite_module(), connect_args={"timeout": BUSY_SECONDS})
    event.listen(created, "connect", _prepare_migration)
    event.listen(created, "begin", _begin)
    return created


@contextmanager
def transaction(engine: Engine, *, read_only: bool = False) -> Iterator[Session]:
    """A session whose work is committed at the end, whole, or not at all.

    A writer takes SQLite's lock at once: a reader that turns writer half-way would fail with
    BUSY_SNAPSHOT, whatever the timeout.
    """
    options = {"read_only": read_only}
    reach(CrashPoint.BEGIN)
    with (
        Session(engine.execution_options(**options), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session
        reach(CrashPoint.COMMIT)
    reach(CrashPoint.COMMITTED)


def sqlite_version() -> str:
    """The version of the SQLite library in use; below 3.51.3 WAL databases can be corrupted."""
    version: str = sqlite_module().sqlite_version
    return version


def sqlite_module() -> Any:
    """The DBAPI module for SQLite: the wheel that bundles a newer library, where it is installed."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3 as pysqlite3
    return pysqlite3


def _prepare_connection(connection: Any, record: object) -> None:
    del record
    connection.isolation_level = None  # BEGIN is ours, see _begin
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _prepare_migration(connection: Any, record: object) -> None:
    del record
    connection.isolation_level = None
    # It stays with the file. Two at once would fail with "database is locked", whatever the timeout.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE")
