"""The thread of explanations: how many wait, how long, and when one is given up."""

import asyncio
import threading

import pytest
import torch

from service.explaining import explainer as module
from service.explaining.explainer import MAX_REQUESTS, Explainer, TooLongError
from service.inference.deadlines import Deadline
from service.inference.errors import ClientGoneError, OverloadedError
from workers.explaining import ExplainedNetwork


def test_more_than_a_few_requests_are_refused_until_one_is_answered():
    explainer = Explainer(None, "cpu")
    admitted = [explainer.admit() for _ in range(MAX_REQUESTS)]
    for place in admitted:
        place.__enter__()

    with pytest.raises(OverloadedError, match="try again in 1 s"), explainer.admit():
        pass

    admitted[0].__exit__(None, None, None)
    with explainer.admit():
        pass


def test_what_waits_too_long_is_not_begun():
    begun = []

    with pytest.raises(OverloadedError, match="not begun within 0 s"):
        asyncio.run(Explainer(None, "cpu").run(begun.append, Deadline(timeout=0.0)))

    assert not begun


def test_what_takes_too_long_ends_at_its_next_pass_and_would_not_be_quicker_later():
    def explain(check):
        while True:
            check()

    with pytest.raises(TooLongError, match="send fewer images") as raised:
        asyncio.run(Explainer(None, "cpu").run(explain, Deadline(timeout=0.2)))

    assert raised.value.retry_after is None


def test_an_explanation_whose_client_has_gone_ends_at_its_next_pass():
    has_begun, has_ended = threading.Event(), threading.Event()

    def explain(check):
        has_begun.set()
        try:
            while True:
                check()
        finally:
            has_ended.set()

    async def hangup():
        await asyncio.to_thread(has_begun.wait)

    with pytest.raises(ClientGoneError):
        asyncio.run(Explainer(None, "cpu").run(explain, Deadline(hangup=hangup)))

    assert has_ended.wait(timeout=60)


def test_explanations_are_computed_one_at_a_time():
    running, most = [], []

    def explain(check):
        running.append(check)
        most.append(len(running))
        running.pop()

    async def ask():
        explainer = Explainer(None, "cpu")
        await asyncio.gather(*(explainer.run(explain, Deadline()) for _ in range(20)))

    asyncio.run(ask())

    assert most == [1] * 20


def test_the_networks_explained_last_stay_within_the_bytes_for_them(monkeypatch):
    loaded = []

    class Weights:
        num_bytes = 100

    class Named:
        def __init__(self, name):
            self.id = name

    def load(model, *_):
        loaded.append(model.id)
        return ExplainedNetwork(Weights(), None, torch.zeros(1), None, 1, 1)

    monkeypatch.setattr(module, "load_explained", load)
    monkeypatch.setattr(module, "MAX_BYTES", 250)
    explainer = Explainer(None, "cpu")

    for name in "abacab":
        explainer.network_of(Named(name))

    assert "".join(loaded) == "abcb"  # b was used longest ago when c came
