"""The events of all jobs in the order of their ids: each is read once, and none is skipped.

PostgreSQL takes an id from a sequence before the transaction commits, so event 6 may be visible while
event 5 is not: a reader that went on after 6 would never see 5. Where ids are missing, this one reads
up to the gap and waits until every transaction that was writing events has ended; only then is a
missing id known to be of a transaction that was rolled back. SQLite has one writer at a time, whose
ids become visible in their order.
"""

from itertools import count, takewhile

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from workers.queue import events
from workers.storage.database import transaction
from workers.storage.tables import Event

LIMIT = 1000  # events of one read

#: Whoever inserts into a table holds this lock until its transaction ends, from before it takes an id.
_WRITERS = text(
    "SELECT virtualtransaction FROM pg_locks"
    " WHERE locktype = 'relation' AND relation = 'events'::regclass AND mode = 'RowExclusiveLock'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class OrderedEvents:
    """Reads the events that are added from now on.

    Each statement has a transaction of its own, so that it sees what was committed before it.
    """

    def __init__(self, database: Engine) -> None:
        self._database = database
        #: Every event up to this id has been read, or was there at the start; None: not known yet.
        self.position: int | None = None
        self._awaited: set[str] | None = None  # transactions that may add an event up to `_end`
        self._end = 0

    def read(self) -> list[Event]:
        """The next events, at most LIMIT; none until the first reads have found where to begin."""
        if self.position is None:
            with transaction(self._database, read_only=True) as session:
                newest = events.newest_id(session)
            self.position = self._complete_up_to(newest)
            return []
        found = self._list_after(self.position)
        expected = takewhile(
            lambda pair: pair[0].id == pair[1], zip(found, count(self.position + 1))
        )
        before_gap = [event for event, _ in expected]
        if len(before_gap) == len(found):
            self._awaited = None
        elif (end := self._complete_up_to(found[-1].id)) is not None:
            before_gap = self._list_after(self.position, up_to=end)
        if before_gap:
            self.position = before_gap[-1].id
        return before_gap

    def _complete_up_to(self, newest: int) -> int | None:
        """An id up to which no event can be added any more; None while a transaction still may.

        It is `newest`, or what that was when the wait began.
        """
        with transaction(self._database, read_only=True) as session:
            writers = _writers(session)
        if self._awaited is None:
            self._awaited, self._end = writers, newest
        self._awaited &= writers
        if self._awaited:
            return None
        self._awaited = None
        return self._end

    def _list_after(self, position: int, up_to: int | None = None) -> list[Event]:
        with transaction(self._database, read_only=True) as session:
            return events.list_between(session, position, up_to, limit=LIMIT)


def _writers(session: Session) -> set[str]:
    """The transactions that have begun to add events and have not ended."""
    if session.get_bind().dialect.name != "postgresql":
        return set()
    return set(session.scalars(_WRITERS))
