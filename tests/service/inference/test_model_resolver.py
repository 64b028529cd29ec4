"""What names stand for, asked as seldom as can be and never answered from before."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from service.inference.model_resolver import ModelResolver, Resolved
from workers.storage.trained_models import ModelNotFoundError


class Aliases:
    """A database that says what `champion` stands for when it may, and counts the look-ups."""

    dialect = SimpleNamespace(name="postgresql")

    def __init__(self):
        self.champion, self.asked = "first", 0
        self.may_answer = threading.Event()

    def look_up(self, name):
        self.asked += 1
        found = self.champion
        assert self.may_answer.wait(60)
        if name != "champion":
            raise ModelNotFoundError(name)
        return Resolved(SimpleNamespace(id=found))


@pytest.fixture
def aliases():
    return Aliases()


@pytest.fixture
def resolver(aliases, monkeypatch):
    made = ModelResolver(aliases)
    monkeypatch.setattr(made, "_look_up", aliases.look_up)
    return made


async def asks(resolver, aliases, number):
    """So many requests for a name, the first look-up having begun."""
    tasks = [asyncio.create_task(resolver.resolve("champion")) for _ in range(number)]
    while not aliases.asked:
        await asyncio.sleep(0)
    return tasks


def test_requests_that_arrive_together_share_a_look_up(resolver, aliases):
    async def scenario():
        together = await asks(resolver, aliases, 50)
        aliases.may_answer.set()
        assert {resolved.model.id for resolved in await asyncio.gather(*together)} == {"first"}
        assert aliases.asked == 1

    asyncio.run(scenario())


def test_a_request_after_an_alias_was_moved_gets_the_new_model(resolver, aliases):
    async def scenario():
        before = await asks(resolver, aliases, 1)
        aliases.champion = "second"
        after = [asyncio.create_task(resolver.resolve("champion")) for _ in range(50)]
        await asyncio.sleep(0)
        aliases.may_answer.set()
        assert [resolved.model.id for resolved in await asyncio.gather(*before)] == ["first"]
        assert {resolved.model.id for resolved in await asyncio.gather(*after)} == {"second"}
        assert aliases.asked == 2

    asyncio.run(scenario())


def test_an_unknown_name_is_looked_up_again(resolver, aliases):
    async def scenario():
        aliases.may_answer.set()
        for _ in range(2):
            with pytest.raises(ModelNotFoundError):
                await resolver.resolve("nobody")
        assert aliases.asked == 2

    asyncio.run(scenario())


def test_a_request_that_is_given_up_takes_the_answer_from_no_other(resolver, aliases):
    async def scenario():
        first, second = await asks(resolver, aliases, 2)
        first.cancel()
        aliases.may_answer.set()
        assert (await second).model.id == "first"

    asyncio.run(scenario())
