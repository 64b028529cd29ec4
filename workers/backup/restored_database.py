"""Makes the database of a backup ready: checked, brought to this version, its jobs back in the queue."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import delete

from workers.backup.errors import BackupError
from workers.backup.manifest import Manifest
from workers.queue import claims, leases
from workers.schema.migrate import known_revision, upgrade
from workers.storage.database import open_database, sqlite_module, transaction, utc_now
from workers.storage.tables import Registration


def prepare_database(path: Path, manifest: Manifest) -> None:
    """Check the database at `path`, and make it one that no worker has; BackupError, SchemaError."""
    _check(path)
    url = f"sqlite:///{path}"
    database = open_database(url)
    if known_revision(database) != manifest.revision:
        raise BackupError("the backup is damaged: its database is not at the revision it states")
    upgrade(url)
    with transaction(database) as session:
        # Nobody has died: this is none of a job's attempts, and no lease has to run out.
        for lease in claims.holders(session):
            leases.release(session, lease, now=utc_now(), counts=False)
        session.execute(delete(Registration))
    database.dispose()
    _fold_log(path)


def _check(path: Path) -> None:
    with closing(sqlite_module().connect(path)) as connection:
        try:
            [(found,), *_] = connection.execute("PRAGMA integrity_check").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite_module().DatabaseError as error:
            found, broken = str(error), []
    if found != "ok" or broken:
        raise BackupError(
            f"the database of the backup is damaged: {found if found != 'ok' else broken[0]}"
        )


def _fold_log(path: Path) -> None:
    """Bring what the write-ahead log has into the file, which is then all of the database."""
    with closing(sqlite_module().connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if path.with_name(f"{path.name}-wal").exists():
        raise BackupError("the database of the backup is in use; try again")
