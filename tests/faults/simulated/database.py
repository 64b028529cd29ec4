"""A database that is used for one seed after the other, empty at the beginning of each."""

import functools

from sqlalchemy import Connection, Engine, create_engine, delete

from workers.storage.database import open_database, sqlite_module
from workers.storage.tables import Base

IN_MEMORY = "sqlite:///file:/simulated?vfs=memdb&uri=true"


def emptied(url: str) -> Engine:
    """The database at `url`, with its tables, and nothing in them."""
    if url == IN_MEMORY:
        _keep_open()
    database = open_database(url)
    Base.metadata.create_all(database)
    with database.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))
    return database


@functools.cache
def _keep_open() -> Connection:
    """A database in memory is there as long as somebody has it open."""
    return create_engine(IN_MEMORY, module=sqlite_module()).connect()
