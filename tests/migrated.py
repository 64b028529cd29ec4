"""Databases of this version, without each of them being migrated."""

import functools
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from workers.schema.migrate import upgrade


def migrate(url: str) -> None:
    """Make a database at `url` with the schema of this version.

    A new SQLite file is a copy of one that `upgrade` made; `upgrade` itself makes any other database.
    """
    database = make_url(url)
    path = Path(database.database or "")
    if database.get_backend_name() != "sqlite" or path.exists():
        upgrade(url)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated_file())


@functools.cache
def _migrated_file() -> bytes:
    """A SQLite file without a row, migrated once in each process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bakeoff.db")
        upgrade(f"sqlite:///{path}")
        assert not list(Path(folder).glob("*-wal")), "the file alone is not the whole database"
        return path.read_bytes()
