"""Decides by chance which actor goes on; time passes while all of them wait."""

import contextlib
import random
from datetime import UTC, datetime, timedelta

from greenlet import getcurrent

from tests.faults.simulated.actors import Actor, Killed

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3600.0  # seconds


class Scheduler:
    """Lets one actor at a time go on until it waits, and keeps the history."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance
        self.seconds = 0.0
        self.actors: list[Actor] = []
        self.history: list[str] = []
        self._itself = getcurrent()
        self._clock_offset = self._latest_offset = 0.0

    def now(self) -> datetime:
        """What the clock shows, which may have been put wrong."""
        return START + timedelta(seconds=self.seconds + self._clock_offset)

    def put_clock(self, seconds: float) -> None:
        self._clock_offset += seconds
        self._latest_offset = max(self._latest_offset, self._clock_offset)

    def put_clock_right(self) -> None:
        """A clock put back makes a lease longer, and only that: nobody must wait for an hour."""
        self._clock_offset = max(self._clock_offset, self._latest_offset)

    def log(self, what: str) -> None:
        self.history.append(f"{self.seconds:8.2f} s  {what}")

    def current(self) -> Actor | None:
        running = getcurrent()
        return next((actor for actor in self.actors if actor.greenlet is running), None)

    def family(self, worker: Actor) -> list[Actor]:
        """A worker and its children."""
        return [worker, *(actor for actor in self.actors if actor.parent is worker)]

    def add(self, actor: Actor) -> Actor:
        self.actors.append(actor)
        actor.ready_at = self.seconds
        return actor

    def sleep(self, seconds: float) -> None:
        """Let others go on for so long, at least."""
        if actor := self.current():
            actor.ready_at = self.seconds + seconds
            self.give_way()

    def give_way(self) -> None:
        """Let others go on until the current actor is ready, and chosen."""
        self._itself.switch()

    def step(self) -> Actor | None:
        """Let one of those that are ready go on; where nobody is, time passes.

        Returns the actor that has ended in it, if one has.
        """
        alive = [actor for actor in self.actors if actor.is_alive]
        ready = [actor for actor in alive if actor.ready_at <= self.seconds]
        if not ready:
            self.seconds = min(actor.ready_at for actor in alive)
            return None
        chosen = self.random.choice(ready)
        chosen.greenlet.switch()
        if chosen.is_alive:
            return None
        self.log(f"{chosen.name} is gone ({chosen.exit_code})")
        self.actors.remove(chosen)
        return chosen

    def kill(self, actor: Actor) -> None:
        if actor.is_alive and actor.greenlet is not getcurrent():
            with contextlib.suppress(Killed):  # of one that had not begun
                actor.greenlet.throw(Killed)
            actor.exit_code = -9
            if actor in self.actors and actor.parent:
                self.actors.remove(actor)

    def kill_all(self) -> None:
        for actor in list(self.actors):
            self.kill(actor)
