"""Which model an id or an alias stands for, mostly without a query."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from workers.storage import trained_models
from workers.storage.database import transaction
from workers.storage.tables import Model

MAX_REMEMBERED = 1024


@dataclass(frozen=True)
class Resolved:
    """A model, the engine its alias asks for, and the version of the alias; an id has version 1."""

    model: Model
    engine: str | None = None
    version: int = 1


class ModelResolver:
    """Remembers what names stand for, as long as that cannot have changed.

    A name, be it an id that may be deleted, an alias or `latest`, is remembered until SQLite's
    data_version changes, which every commit of any process changes and which takes microseconds to
    read. PostgreSQL has no such number: there each name is looked up anew, once for all requests that
    arrived before the look-up began.
    """

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._names: dict[str, Resolved] = {}
        self._data_version: int | None = None
        self._version_connection: Any = None
        self._one_at_a_time = asyncio.Lock()
        self._next: dict[str, asyncio.Task[Resolved]] = {}  # look-ups that have not begun

    async def resolve(self, name: str) -> Resolved:
        """The model called `name`; ModelNotFoundError, DeletedError."""
        if self._is_unchanged() and name in self._names:
            return self._names[name]
        data_version = self._data_version
        resolved = await self._look_up_next(name)
        if data_version is not None and data_version == self._data_version:
            if len(self._names) >= MAX_REMEMBERED:
                self._names.clear()
            self._names[name] = resolved
        return resolved

    def close(self) -> None:
        """Give back the connection that reads data_version."""
        if self._version_connection is not None:
            self._version_connection.close()
            self._version_connection = None

    def _is_unchanged(self) -> bool:
        """Whether nothing was committed since the names were looked up; otherwise forget them.

        data_version is read before a name is looked up, never after: a commit in between costs one
        more look-up, and never a wrong answer.
        """
        if self._database.dialect.name != "sqlite":
            return False
        if self._version_connection is None:
            self._version_connection = self._database.raw_connection()
        cursor = self._version_connection.cursor()
        [data_version] = cursor.execute("PRAGMA data_version").fetchone()
        if data_version != self._data_version:
            self._data_version = data_version
            self._names.clear()
            return False
        return True

    async def _look_up_next(self, name: str) -> Resolved:
        """Look the name up from now on: the result of a look-up that has begun may be out of date."""
        waiting = self._next.get(name)
        if waiting is None or waiting.done():  # done where it was cancelled before it began
            self._next[name] = asyncio.create_task(self._look_up_once(name))
        return await asyncio.shield(self._next[name])

    async def _look_up_once(self, name: str) -> Resolved:
        async with self._one_at_a_time:
            del self._next[name]  # requests that arrive from here on need the next look-up
            return await asyncio.to_thread(self._look_up, name)

    def _look_up(self, name: str) -> Resolved:
        with transaction(self._database, read_only=True) as session:
            model = trained_models.get(session, name)
            versions = trained_models.alias_versions(session, name)
        if not versions:
            return Resolved(model)
        return Resolved(model, versions[0].engine, versions[0].version)
