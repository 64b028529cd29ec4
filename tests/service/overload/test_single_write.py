"""What is written within one turn of the event loop, and when it is sent."""

import asyncio

import httpx
import pytest

from service.overload.single_write import MOST_BUFFERED, BufferingTransport


class Wire:
    """A transport that remembers what was sent."""

    def __init__(self):
        self.sent, self.is_closed = [], False

    def write(self, data):
        assert not self.is_closed
        self.sent.append(data)

    def close(self):
        self.is_closed = True

    def is_closing(self):
        return self.is_closed

    def get_extra_info(self, name):
        return f"the {name}"


@pytest.fixture
def wire():
    return Wire()


def test_head_and_body_are_sent_together_when_the_loop_has_turned(wire):
    async def scenario():
        transport = BufferingTransport(wire)
        transport.write(b"head ")
        transport.write(b"body")
        assert wire.sent == []
        await asyncio.sleep(0)
        assert wire.sent == [b"head body"]
        transport.write(b" and more")
        await asyncio.sleep(0)
        assert wire.sent == [b"head body", b" and more"]

    asyncio.run(scenario())


def test_a_long_answer_is_sent_at_once_and_only_once(wire):
    async def scenario():
        BufferingTransport(wire).write(b"x" * (MOST_BUFFERED + 1))
        assert len(wire.sent) == 1
        await asyncio.sleep(0)
        assert len(wire.sent) == 1

    asyncio.run(scenario())


def test_what_is_buffered_is_sent_before_the_end_and_nothing_after_it(wire):
    async def scenario():
        transport = BufferingTransport(wire)
        transport.write(b"the last")
        transport.close()
        assert (wire.sent, transport.is_closing()) == ([b"the last"], True)
        transport.write(b"too late")
        await asyncio.sleep(0)
        assert wire.sent == [b"the last"]

    asyncio.run(scenario())


def test_everything_else_is_the_transports_own(wire):
    assert BufferingTransport(wire).get_extra_info("peername") == "the peername"


def test_a_real_server_answers_short_and_long(address):
    with httpx.Client(base_url=address) as client:
        short, long = client.get("/health/live"), client.get("/openapi.json")
    assert short.status_code == 200
    assert len(long.content) > MOST_BUFFERED
    assert long.json()["openapi"]
