"""When a request is given up: after its timeout, or when its client hangs up."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

from fastapi import Request

from service.inference.errors import ClientGoneError

WATCH_AFTER = 0.05  # seconds; most answers are there before it is worth watching the connection

Hangup = Callable[[], Coroutine[None, None, None]]
Answer = TypeVar("Answer")
Given = ParamSpec("Given")


@dataclass(frozen=True)
class Deadline:
    """A request is given up after `timeout` seconds, or when `hangup` returns."""

    timeout: float | None = None
    hangup: Hangup | None = None
    waited: float = 0.0  # seconds, before the moment from which others are counted

    def is_past(self, asked: float, now: float) -> bool:
        """Whether a request asked at one moment has waited too long at another."""
        return self.timeout is not None and self.waited + now - asked > self.timeout

    def after(self, seconds: float) -> "Deadline":
        """The same when so many seconds have been waited already."""
        return replace(self, waited=self.waited + seconds) if seconds else self

    async def wait_for(self, answer: asyncio.Future[Answer]) -> Answer:
        """The answer; ClientGoneError where the client hangs up before it is there."""
        if self.hangup is None:
            return await answer
        watch = _Watch(answer, self.hangup)
        try:
            return await answer
        finally:
            watch.end()

    async def run(self, work: Coroutine[None, None, Answer]) -> Answer:
        """What `work` returns; it is cancelled when the client hangs up."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(work)
        running.add_done_callback(lambda done: _pass_on(done, answer))
        try:
            return await self.wait_for(answer)
        finally:
            running.cancel()

    async def run_in(self, threads: Executor, work: Callable[[], Answer]) -> Answer:
        """What `work` returns in a thread; given up when the client hangs up, and then not begun any more."""

        async def answer() -> Answer:
            return await asyncio.wrap_future(threads.submit(without_stop_iteration(work)))

        return await self.run(answer())


def without_stop_iteration(work: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The same, for a thread: a future cannot hold StopIteration, and who awaits it would wait for ever."""

    def guarded(*given: Given.args, **named: Given.kwargs) -> Answer:
        try:
            return work(*given, **named)
        except StopIteration as error:
            raise RuntimeError("StopIteration in a thread") from error

    return guarded


def _pass_on(done: asyncio.Task[Answer], answer: asyncio.Future[Answer]) -> None:
    if done.cancelled():
        answer.cancel()
        return
    error = done.exception()
    if answer.done():
        return  # the request was given up meanwhile
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(done.result())


def deadline_of(request: Request, timeout: float | None) -> Deadline:
    """The deadline of a request whose body has been read; `timeout` is in seconds."""

    async def hangup() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return Deadline(timeout, hangup)


class _Watch:
    """Fails an answer with ClientGoneError when the client hangs up."""

    def __init__(self, answer: asyncio.Future[Answer], hangup: Hangup) -> None:
        self._answer, self._hangup = answer, hangup
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER, self._begin)

    def end(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        if self._task:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        await self._hangup()
        if not self._answer.done():
            self._answer.set_exception(ClientGoneError())
