"""Migrates the database to the newest schema with Alembic, and checks that it has it."""

import contextlib
import fcntl
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, make_url, text

from workers.errors import BakeoffError
from workers.storage.database import migration_engine

ADVISORY_LOCK = 7_225_366  # an arbitrary number, the same in every version


class SchemaError(BakeoffError):
    """The database's schema is not that of this version."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest revision; nothing happens where it is there.

    SchemaError where a newer version has made it, and nothing is changed.
    """
    with migration_lock(url), contextlib.ExitStack() as stack:
        engine = migration_engine(url)
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.begin())
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        refuse_newer(MigrationContext.configure(connection).get_current_revision())
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if engine.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise SchemaError(f"a migration broke references: {broken[:3]}")


@contextlib.contextmanager
def migration_lock(url: str) -> Iterator[None]:
    """Let one process at a time make or change a SQLite file; the lock ends with the process."""
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or not database.database:
        yield
        return
    path = Path(database.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.migration").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check_current(engine: Engine) -> str:
    """The revision of the database; SchemaError unless it is the newest."""
    found, newest = known_revision(engine), newest_revision()
    if found is None or found != newest:
        raise SchemaError(
            f"the database is at revision {found} and this version needs {newest};"
            " run 'bakeoff migrate'"
        )
    return found


def known_revision(engine: Engine) -> str | None:
    """The revision of the database, None before its first; SchemaError where it is absent or newer."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and not Path(path).exists():
        raise SchemaError(f"there is no database at {path}; run 'bakeoff migrate'")
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    refuse_newer(found)
    return found


def newest_revision() -> str:
    """The revision that this version works with."""
    return str(_scripts().get_current_head())


def refuse_newer(revision: str | None, what: str = "the database") -> None:
    """SchemaError where no migration of this version makes this revision."""
    newest = newest_revision()
    if revision in {None, newest}:
        return
    if revision not in {known.revision for known in _scripts().walk_revisions()}:
        raise SchemaError(
            f"{what} is at revision {revision}, and this version knows none after {newest}: a newer"
            " version of Bakeoff made it. Install that version, or restore a backup of this one"
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
