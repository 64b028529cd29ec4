"""The events of all jobs are read in the order of their ids, each once, and none is skipped."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from tests.migrated import migrate
from tests.postgresql import new_database
from tests.workers.queueing import NOW, enqueue
from workers.queue import events
from workers.queue.event_order import OrderedEvents
from workers.storage.database import open_database, transaction
from workers.storage.tables import Event


@pytest.fixture
def server(postgresql: str) -> Iterator[Engine]:
    """A database of PostgreSQL, which has many writers at once."""
    url = new_database(postgresql)
    migrate(url)
    yield open_database(url)
    open_database(url).dispose()


def add(session: Session, job_id: str, number: int = 0) -> int:
    """Add an event; its id, which is taken now and is visible to others from the commit on."""
    event = Event(job_id=job_id, token=1, kind="epoch", data={"number": number}, at=NOW)
    session.add(event)
    session.flush()
    return event.id


def add_at_once(database: Engine, job_id: str, number: int = 0) -> int:
    with transaction(database) as session:
        return add(session, job_id, number)


class RolledBackError(Exception):
    """Ends a transaction."""


@contextmanager
def rolled_back(database: Engine) -> Iterator[Session]:
    with suppress(RolledBackError), transaction(database) as session:
        yield session
        raise RolledBackError


def started(database: Engine) -> OrderedEvents:
    reader = OrderedEvents(database)
    assert reader.read() == []
    assert reader.position is not None
    return reader


def ids(found: list[Event]) -> list[int]:
    return [event.id for event in found]


def test_what_was_there_at_the_start_is_not_read_and_what_follows_is_read_once(
    database: Engine,
) -> None:
    job_id = enqueue(database)
    reader = started(database)

    added = [add_at_once(database, job_id) for _ in range(3)]

    assert ids(reader.read()) == added
    assert reader.position == added[-1]
    assert reader.read() == []


def test_a_rolled_back_event_holds_nothing_up(database: Engine) -> None:
    job_id = enqueue(database)
    reader = started(database)

    with rolled_back(database) as session:
        add(session, job_id)
    following = add_at_once(database, job_id)

    assert ids(reader.read()) == [following]


def test_an_event_that_is_committed_late_comes_before_the_events_after_it(server: Engine) -> None:
    first_job, second_job = enqueue(server), enqueue(server)
    reader = started(server)
    before = add_at_once(server, second_job)

    with transaction(server) as session:
        late = add(session, first_job)
        after = add_at_once(server, second_job)
        assert late < after
        assert ids(reader.read()) == [before]
        assert reader.read() == []

    assert ids(reader.read()) == [late, after]


def test_what_is_rolled_back_late_is_not_waited_for_after_that(server: Engine) -> None:
    first_job, second_job = enqueue(server), enqueue(server)
    reader = started(server)

    with rolled_back(server) as session:
        add(session, first_job)
        after = add_at_once(server, second_job)
        assert reader.read() == []

    assert ids(reader.read()) == [after]


def test_new_writers_do_not_prolong_the_wait(server: Engine) -> None:
    jobs = [enqueue(server) for _ in range(3)]
    reader = started(server)
    first, second = Session(server), Session(server)

    missing = add(first, jobs[0])
    after = add_at_once(server, jobs[1])
    assert reader.read() == []
    add(second, jobs[2])
    first.rollback()

    assert missing < after
    assert ids(reader.read()) == [after]
    second.rollback()
    first.close()
    second.close()


def test_a_reader_that_starts_while_an_event_is_written_does_not_miss_it(server: Engine) -> None:
    first_job, second_job = enqueue(server), enqueue(server)
    reader = OrderedEvents(server)

    with transaction(server) as session:
        late = add(session, first_job)
        after = add_at_once(server, second_job)
        assert reader.read() == []
        assert reader.position is None

    assert late < after
    assert reader.read() == []
    assert reader.position == after  # with the late one before it


def test_many_writers_at_once_are_read_whole_and_in_order(database: Engine) -> None:
    jobs = [enqueue(database) for _ in range(4)]
    reader = started(database)
    written: list[int] = []
    is_over = threading.Event()

    def write(job_id: str) -> None:
        for number in range(30):
            if number % 7 == 3:
                with rolled_back(database) as session:
                    add(session, job_id, number)
            else:
                with transaction(database) as session:
                    added = [add(session, job_id, number) for _ in range(1 + number % 3)]
                written.extend(added)

    def read() -> list[int]:
        found: list[int] = []
        while True:
            was_over = is_over.is_set()
            found += ids(reader.read())
            if was_over and len(found) >= len(written):
                return found

    with ThreadPoolExecutor() as threads:
        reading = threads.submit(read)
        writing = [threads.submit(write, job_id) for job_id in jobs]
        for writer in writing:
            writer.result()
        is_over.set()
        found = reading.result(timeout=60)

    assert found == sorted(written)


def test_an_id_is_not_given_again_after_the_newest_events_were_removed(database: Engine) -> None:
    job_id = enqueue(database)
    reader = started(database)
    add_at_once(database, job_id)
    [newest] = ids(reader.read())

    with transaction(database) as session:
        session.execute(delete(Event))
    added = add_at_once(database, job_id)

    assert added > newest
    assert ids(reader.read()) == [added]


def test_events_between_two_ids_are_those_that_a_filter_wants(database: Engine) -> None:
    first_job, second_job = enqueue(database), enqueue(database)
    added = [add_at_once(database, job_id) for job_id in (first_job, second_job, first_job)]

    def found(wanted: events.EventFilter, after: int = 0, up_to: int | None = None) -> list[int]:
        with transaction(database, read_only=True) as session:
            return ids(events.list_between(session, after, up_to, wanted, limit=10))

    epochs = events.EventFilter(kinds=frozenset(["epoch"]))
    of_first = events.EventFilter(frozenset([first_job]), kinds=frozenset(["epoch"]))
    assert found(epochs) == added
    assert found(of_first) == [added[0], added[2]]
    assert found(of_first, after=added[0]) == [added[2]]
    assert found(epochs, up_to=added[1]) == added[:2]
    assert found(events.EventFilter(comparison_id="x")) == []
