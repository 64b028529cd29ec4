"""One reader feeds all who listen: it looks once for all, encodes once, rests, and outlives an outage."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from service.live import feed as feeds
from service.live import follower, messages, reader
from service.live.feed import Feed
from service.live.follower import FeedFailedError
from service.live.streams import stream_all
from tests.service.live.listening import follow, hear, in_background, run, until
from tests.statements import record_statements
from tests.workers.queueing import enqueue, held, record
from workers.queue.event_order import OrderedEvents
from workers.queue.events import EventFilter

ALL = EventFilter()


def test_the_database_is_asked_as_often_for_three_hundred_as_for_one(feed: Feed) -> None:
    job_id = enqueue(feed.database)

    async def scenario() -> None:
        streams = [follow(feed, job_id) for _ in range(300)]
        heard = [in_background(hear(stream, 1)) for stream in streams]
        await asyncio.gather(*heard)
        looks = 0
        look = reader.Reader.look

        def counted(self: reader.Reader) -> reader.News:
            nonlocal looks
            looks += 1
            return look(self)

        with pytest.MonkeyPatch.context() as patch, record_statements(feed.database) as asked:
            patch.setattr(reader.Reader, "look", counted)
            following = [in_background(hear(stream, 1)) for stream in streams]
            lease = held(feed.database)
            record(feed.database, lease, 1, loss=0.5)
            await asyncio.gather(*following)
            reading = [each for each in asked if each.text.lstrip().startswith("SELECT")]
            assert len(reading) <= 5 * (looks + 1)

    run(feed, scenario)


def test_an_event_is_encoded_once_for_all_who_listen(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = enqueue(feed.database)
    encoded: list[str] = []
    encode = messages._encode
    monkeypatch.setattr(
        messages, "_encode", lambda kind, *rest: encoded.append(kind) or encode(kind, *rest)
    )

    async def scenario() -> None:
        streams = [follow(feed, job_id, after=1) for _ in range(20)]
        chunks = [in_background(anext(stream)) for stream in streams]
        await until(lambda: feed.position)
        held(feed.database)
        first, *others = await asyncio.gather(*chunks)
        assert all(other is first for other in others)

    run(feed, scenario)

    assert encoded == ["status"]


def test_the_reader_rests_while_nobody_listens_and_nothing_is_missed_after_that(
    feed: Feed,
) -> None:
    async def scenario() -> None:
        first = stream_all(feed, ALL, None)
        [ready] = await hear(first, 1)
        await first.aclose()
        await until(lambda: feed._task and feed._task.done())
        enqueue(feed.database)
        again = stream_all(feed, ALL, int(ready["id"]))
        created, ready = await hear(again, 2)
        assert created["data"]["status"] == "queued"
        assert ready["id"] == created["id"]
        await again.aclose()

    run(feed, scenario)


def test_who_reads_too_slowly_is_given_everything_from_the_database(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "NUM_KEPT", 4)
    monkeypatch.setattr(reader, "PAGE", 3)
    monkeypatch.setattr(follower, "PAGE", 3)
    feed = Feed(feed.database)
    job_id = enqueue(feed.database)
    lease = held(feed.database)

    async def scenario() -> None:
        slow, quick = stream_all(feed, ALL, None), stream_all(feed, ALL, None)
        await hear(slow, 1)
        await hear(quick, 1)
        for epoch in range(1, 21):
            record(feed.database, lease, epoch, loss=0.5)
            [event] = await hear(quick, 1)
            assert event["data"]["epoch"] == epoch
        assert len(feed._kept) == 4
        heard = await hear(slow, 20)
        assert [event["data"]["epoch"] for event in heard] == [*range(1, 21)]
        assert {event["data"]["job_id"] for event in heard} == {job_id}
        record(feed.database, lease, 21, loss=0.5)
        [event] = await hear(slow, 1)
        assert event["data"]["epoch"] == 21
        await slow.aclose()
        await quick.aclose()

    run(feed, scenario)


def test_a_page_of_kept_events_is_given_at_once_and_then_the_rest(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "PAGE", 3)
    enqueue(feed.database)
    lease = held(feed.database)

    async def scenario() -> None:
        stream = stream_all(feed, ALL, None)
        await hear(stream, 1)
        for epoch in range(1, 9):
            record(feed.database, lease, epoch, loss=0.5)
        await until(lambda: len(feed._kept) == 8)
        epochs = [[event["data"]["epoch"] for event in await hear(stream, 1)] for _ in range(3)]
        assert epochs == [[1, 2, 3], [4, 5, 6], [7, 8]]
        await stream.aclose()

    run(feed, scenario)


def test_a_stream_goes_on_where_the_database_did_not_answer(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, read_progress = OrderedEvents.read, reader._read_progress
    failing = {"events": 2, "progress": 0}

    def fail_at(place: str) -> None:
        if failing[place]:
            failing[place] -= 1
            raise OperationalError("SELECT", {}, Exception("database is locked"))

    def read_or_fail(self):
        fail_at("events")
        if found := read(self):
            failing["progress"] = 2  # half-way: the events have been read, and are not sent yet
        return found

    def read_progress_or_fail(session):
        fail_at("progress")
        return read_progress(session)

    async def scenario() -> None:
        stream = stream_all(feed, ALL, None)
        await hear(stream, 1)
        failing["events"] = 2
        job_id = enqueue(feed.database)
        [event] = await hear(stream, 1)
        assert event["data"]["job_id"] == job_id
        assert not any(failing.values())
        await stream.aclose()

    monkeypatch.setattr(OrderedEvents, "read", read_or_fail)
    monkeypatch.setattr(reader, "_read_progress", read_progress_or_fail)
    run(feed, scenario)


def test_where_the_reader_fails_streams_break_and_the_next_one_starts_another(
    feed: Feed, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        stream = stream_all(feed, ALL, None)
        await hear(stream, 1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reader, "_read_progress", lambda _: 1 / 0)
            with pytest.raises(FeedFailedError):
                await anext(stream)
        again = stream_all(feed, ALL, None)
        assert [event["event"] for event in await hear(again, 1)] == ["ready"]
        await again.aclose()

    run(feed, scenario)

    assert "the reader of events has failed" in caplog.text


def test_where_the_task_of_the_reader_is_cancelled_streams_break_too(feed: Feed) -> None:
    async def scenario() -> None:
        stream = stream_all(feed, ALL, None)
        await hear(stream, 1)
        assert feed._task is not None
        feed._task.cancel()
        with pytest.raises(FeedFailedError):
            await anext(stream)

    run(feed, scenario)


def test_a_feed_that_is_closed_reads_no_more(feed: Feed) -> None:
    async def scenario() -> None:
        await feed.close()
        stream = stream_all(feed, ALL, None)
        await hear(stream, 1)
        await feed.close()
        assert feed._task
        assert feed._task.done()
        assert not feed._task.cancelled()
        await stream.aclose()

    run(feed, scenario)
