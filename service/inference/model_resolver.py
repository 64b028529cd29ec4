"""The model behind an id or an alias, mostly without asking the database."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from workers.storage import trained_models
from workers.storage.database import transaction
from workers.storage.tables import Model

MOST_REMEMBERED = 1024


@dataclass(frozen=True)
class Resolved:
    """A model, the engine its alias asks for, and as which version of its name it was found."""

    model: Model
    engine: str | None = None
    version: int = 1  # the only one of what is no alias


class ModelResolver:
    """Remembers what names stand for, as long as that cannot have changed.

    A model never changes, so its id is remembered for good. An alias and `latest` are remembered
    while SQLite's data_version, which every commit of anybody moves, stays where it is: reading it
    takes microseconds. PostgreSQL has no such number and is asked each time, once for all who came
    before it was asked.
    """

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._models: dict[str, Resolved] = {}
        self._names: dict[str, Resolved] = {}
        self._version: int | None = None
        self._watching: Any = None
        self._one_at_a_time = asyncio.Lock()
        self._next: dict[str, asyncio.Task[Resolved]] = {}  # look-ups that have not begun

    async def resolve(self, name: str) -> Resolved:
        """The model called `name`; ModelNotFoundError."""
        if name in self._models:
            return self._models[name]
        if self._is_unchanged() and name in self._names:
            return self._names[name]
        version = self._version
        resolved = await self._ask(name)
        is_id = resolved.model.id == name
        remembered = self._models if is_id else self._names
        if len(remembered) >= MOST_REMEMBERED:
            remembered.clear()
        if is_id or (version is not None and version == self._version):
            remembered[name] = resolved
        return resolved

    def close(self) -> None:
        """Give the connection back that watches for changes."""
        if self._watching is not None:
            self._watching.close()
            self._watching = None

    def _is_unchanged(self) -> bool:
        """Whether nobody has committed anything since the names were looked up; else forget them.

        It is read before a name is looked up, never after: a commit in between costs one more
        look-up, and not a wrong answer.
        """
        if self._database.dialect.name != "sqlite":
            return False
        if self._watching is None:
            self._watching = self._database.raw_connection()
        [version] = self._watching.cursor().execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self._names.clear()
            return False
        return True

    async def _ask(self, name: str) -> Resolved:
        """What the database says from now on: a look-up that has begun before is not good enough."""
        if name not in self._next:
            self._next[name] = asyncio.create_task(self._ask_once(name))
        return await asyncio.shield(self._next[name])

    async def _ask_once(self, name: str) -> Resolved:
        async with self._one_at_a_time:
            del self._next[name]  # who comes from here on needs the one after it
            return await asyncio.to_thread(self._look_up, name)

    def _look_up(self, name: str) -> Resolved:
        with transaction(self._database, read_only=True) as session:
            model = trained_models.get(session, name)
            versions = trained_models.alias_versions(session, name)
        return (
            Resolved(model, versions[0].engine, versions[0].version)
            if versions
            else Resolved(model)
        )
