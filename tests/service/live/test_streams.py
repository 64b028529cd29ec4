"""The stream of a job ends with it; that of all jobs goes on; both resume, and skip or double nothing."""

import pytest
from sqlalchemy.exc import OperationalError

from service.live import follower
from service.live.feed import Feed
from service.live.messages import HEARTBEAT, Message
from service.live.streams import stream_all, stream_job
from tests.service.live.listening import (
    follow,
    hear,
    hear_to_its_end,
    in_background,
    run,
    state_of,
    until,
)
from tests.workers.queueing import LATER, NOW, enqueue, held, record
from workers.queue import jobs, leases
from workers.queue.events import EventFilter
from workers.queue.leases import Lease
from workers.storage.database import transaction

HIGHEST = 2**63 - 1


def progress(feed: Feed, lease: Lease, **values: object) -> None:
    with transaction(feed.database) as session:
        leases.record_progress(session, lease, dict(values))


def fail(feed: Feed, lease: Lease) -> None:
    with transaction(feed.database) as session:
        leases.fail(session, lease, error="it is broken", now=NOW)


def retry(feed: Feed, job_id: str) -> None:
    with transaction(feed.database) as session:
        jobs.retry(session, job_id, now=LATER)


def told(heard: list[dict]) -> list[str]:
    """Statuses, epochs and steps, in their order."""
    return [str(next(iter(event["data"].values()))) for event in heard]


def test_a_job_is_told_live_from_its_beginning_to_its_end(feed: Feed) -> None:
    job_id = enqueue(feed.database)

    async def scenario() -> None:
        stream = follow(feed, job_id)
        assert told(await hear(stream, 1)) == ["queued"]
        lease = held(feed.database)
        assert told(await hear(stream, 1)) == ["running"]
        progress(feed, lease, step=7)
        assert told(await hear(stream, 1)) == ["7"]
        record(feed.database, lease, 1, loss=0.5)
        assert told(await hear(stream, 1)) == ["1"]
        fail(feed, lease)
        assert told(await hear_to_its_end(stream)) == ["failed"]

    run(feed, scenario)


def test_a_job_that_failed_and_was_tried_again_is_told_to_its_last_end(feed: Feed) -> None:
    job_id = enqueue(feed.database)
    fail(feed, held(feed.database))
    retry(feed, job_id)

    async def scenario() -> None:
        stream = follow(feed, job_id)
        assert told(await hear(stream, 4)) == ["queued", "running", "failed", "queued"]
        fail(feed, held(feed.database, LATER))
        assert told(await hear_to_its_end(stream)) == ["running", "failed"]
        assert len(await hear_to_its_end(follow(feed, job_id))) == 6

    run(feed, scenario)


def test_a_job_that_ends_between_a_request_and_its_stream_is_told_to_its_end(feed: Feed) -> None:
    job_id = enqueue(feed.database)
    lease = held(feed.database)

    async def scenario() -> None:
        state = state_of(feed, job_id)
        fail(feed, lease)
        heard = await hear_to_its_end(stream_job(feed, state, 0))
        assert told(heard) == ["queued", "running", "failed"]

    run(feed, scenario)


@pytest.mark.parametrize("after", [3, HIGHEST])
def test_after_its_last_event_the_stream_of_a_job_that_has_ended_is_empty(
    feed: Feed, after: int
) -> None:
    job_id = enqueue(feed.database)
    fail(feed, held(feed.database))

    async def scenario() -> None:
        assert await hear_to_its_end(follow(feed, job_id, after)) == []

    run(feed, scenario)


def test_a_stream_that_begins_after_events_to_come_ends_with_the_job_nevertheless(
    feed: Feed,
) -> None:
    job_id = enqueue(feed.database)

    async def scenario() -> None:
        heard = in_background(hear_to_its_end(follow(feed, job_id, HIGHEST)))
        await until(lambda: feed.position)
        fail(feed, held(feed.database))
        assert await heard == []

    run(feed, scenario)


def test_history_is_told_where_the_database_answers_again(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = enqueue(feed.database)
    fail(feed, held(feed.database))
    failures = [OperationalError("SELECT", {}, Exception("database is locked"))] * 2
    read = follower.read_history

    def read_or_fail(*arguments):
        if failures:
            raise failures.pop()
        return read(*arguments)

    monkeypatch.setattr(follower, "read_history", read_or_fail)

    async def scenario() -> None:
        heard = await hear_to_its_end(follow(feed, job_id))
        assert told(heard) == ["queued", "running", "failed"]

    run(feed, scenario)

    assert failures == []


def test_silence_is_broken_by_a_comment(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "HEARTBEAT_SECONDS", 0.01)
    job_id = enqueue(feed.database)

    async def scenario() -> None:
        for stream in (follow(feed, job_id), stream_all(feed, EventFilter(), None)):
            await hear(stream, 1)
            assert await anext(stream) == HEARTBEAT == b": ping\n\n"
            await stream.aclose()

    run(feed, scenario)


def test_progress_is_told_where_it_has_changed_and_to_who_comes_later(feed: Feed) -> None:
    enqueue(feed.database)
    enqueue(feed.database)
    leases_ = [held(feed.database), held(feed.database)]

    async def scenario() -> None:
        everything = stream_all(feed, EventFilter(), None)
        await hear(everything, 1)
        for lease in leases_:
            progress(feed, lease, step=1)
            [event] = await hear(everything, 1)
            assert event["data"]["job_id"] == lease.job_id
            assert "id" not in event
        late = stream_all(feed, EventFilter(frozenset([leases_[0].job_id])), None)
        heard = await hear(late, 2)
        assert [event["event"] for event in heard] == ["progress", "ready"]
        progress(feed, leases_[0], step=2)
        [event] = await hear(late, 1)
        assert event["data"]["step"] == 2
        await everything.aclose()
        await late.aclose()

    run(feed, scenario)


def test_a_number_that_is_not_finite_is_told_as_null() -> None:
    told_loss = Message("job", [], "progress", {"losses": [{"loss": float("nan")}, 0.5]})

    assert told_loss.for_job == b'event: progress\ndata: {"losses": [{"loss": null}, 0.5]}\n\n'


def test_one_filter_narrows_what_another_leaves(feed: Feed) -> None:
    first_id = enqueue(feed.database)
    first = held(feed.database)
    second_id = enqueue(feed.database)

    async def scenario() -> None:
        epochs = EventFilter(frozenset([first_id]), kinds=frozenset(["epoch"]))
        narrow, live = stream_all(feed, epochs, 0), stream_all(feed, EventFilter(), 0)
        assert [event["event"] for event in await hear(narrow, 1)] == ["ready"]
        assert len(await hear(live, 4)) == 4
        second = held(feed.database)
        record(feed.database, second, 1, loss=0.1)
        record(feed.database, first, 1, loss=0.2)
        [event] = await hear(narrow, 1)
        assert (event["data"]["job_id"], event["data"]["loss"]) == (first_id, 0.2)
        rest = await hear(live, 3)
        assert [each["data"]["job_id"] for each in rest] == [second_id, second_id, first_id]
        again = stream_all(feed, epochs, 0)
        assert (await hear(again, 2))[0] == event
        for stream in (narrow, live, again):
            await stream.aclose()

    run(feed, scenario)


def test_who_has_heard_more_than_this_process_knows_hears_nothing_twice(feed: Feed) -> None:
    """Another process may have read events that this one has not."""
    enqueue(feed.database)

    async def scenario() -> None:
        stream = stream_all(feed, EventFilter(), 2)
        [ready] = await hear(stream, 1)
        assert ready["id"] == "2"
        held(feed.database)  # event 2
        enqueue(feed.database)
        [event] = await hear(stream, 1)
        assert event["id"] == "3"
        await stream.aclose()

    run(feed, scenario)
