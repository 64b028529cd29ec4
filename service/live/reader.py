"""What is read from the database for streams: what is new, and what was before."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.live.messages import PROGRESS, Message, message_of
from workers.queue import comparisons, events
from workers.queue.claims import RUNNING
from workers.queue.event_order import LIMIT, OrderedEvents
from workers.queue.events import EventFilter
from workers.storage.database import transaction
from workers.storage.tables import Event, Job

AGAIN_SECONDS = 1.0  # until the next look where the database does not answer
PAGE = 250  # events that a stream is given at once: what a client that does not read may cost


@dataclass(frozen=True)
class News:
    """What one look at the database found."""

    position: int | None  # the id up to which all events are known; None: not known yet
    messages: list[Message]  # of events, in the order of their ids
    progress: dict[str, Message]  # of each running job that has said how far it is

    @property
    def may_have_more(self) -> bool:
        """Whether there may be more events than are read at once."""
        return len(self.messages) >= LIMIT


class Reader:
    """Looks at the database for what is new since its last look."""

    def __init__(self, database: Engine) -> None:
        self._database, self._events = database, OrderedEvents(database)
        self._unread: list[Event] = []  # of a look that failed half-way

    def look(self) -> News:
        """What is new. A short transaction each time: one that stays open keeps the WAL from shrinking."""
        self._unread = self._unread or self._events.read()
        with transaction(self._database, read_only=True) as session:
            progress = _read_progress(session)
            messages = _messages(session, self._unread)
        self._unread = []
        return News(self._events.position, messages, progress)


def read_history(database: Engine, after: int, up_to: int, wanted: EventFilter) -> list[Message]:
    """The events after one id and up to another that are wanted, oldest first, at most PAGE."""
    with transaction(database, read_only=True) as session:
        found = events.list_between(session, after, up_to, wanted, limit=PAGE)
        return _messages(session, found)


def _messages(session: Session, found: Sequence[Event]) -> list[Message]:
    if not found:
        return []
    comparison_ids = comparisons.ids_by_job(session, {event.job_id for event in found})
    return [message_of(event, comparison_ids.get(event.job_id, [])) for event in found]


def _read_progress(session: Session) -> dict[str, Message]:
    query = select(Job.id, Job.progress).where(RUNNING, Job.progress.is_not(None))
    found = {job_id: progress for job_id, progress in session.execute(query) if progress}
    if not found:
        return {}
    comparison_ids = comparisons.ids_by_job(session, found)
    return {
        job_id: Message(job_id, comparison_ids.get(job_id, []), PROGRESS, progress)
        for job_id, progress in found.items()
    }
