"""What goes wrong: at every crash point and statement chance may bring about a fault."""

from collections import Counter

import fsspec
from sqlalchemy.exc import OperationalError

from tests.faults.simulated.actors import Actor, Killed
from tests.faults.simulated.scheduler import HOUR, Scheduler
from workers.crash_points import CrashPoint

CHANCE = 0.04  # at each crash point, while there are faults left
MOST = 8  # of one seed
LEASE_SECONDS = 5
SWITCHES = frozenset(CrashPoint) - {CrashPoint.COMMIT}  # where another actor may go on
ANYWHERE = [
    "killed",
    "killed",
    "stalled",
    "clock put forward an hour",
    "clock put back an hour",
]
SPECIAL = {
    CrashPoint.BEGIN: "database does not answer",
    CrashPoint.COMMITTED: "commit without an answer",
    CrashPoint.WRITE: "disk full",
    CrashPoint.WRITTEN: "upload without an answer",
    CrashPoint.START: "checkpoint damaged",
}


class Faults:
    """The faults of one seed, and the places where they come about."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._random = scheduler.random
        self.left = self._random.randint(0, MOST)
        self.happened: Counter[str] = Counter()
        self.is_in_transaction = False  # nobody else goes on in one, as the database has it

    def happens(self, fault: str, chance: float = 0.1) -> bool:
        if self.left and self._random.random() < chance:
            self._note(fault)
            return True
        return False

    def reach(self, point: CrashPoint) -> None:
        """An actor is at a crash point: others may go on, and it may meet a fault."""
        actor = self._scheduler.current()
        if actor is None:
            return
        self._scheduler.log(f"{actor.name} is {point}")
        if point in SWITCHES and not self.is_in_transaction:
            takes = self._random.uniform(0.1, 0.8) if point == CrashPoint.WRITE else 0.0
            self._scheduler.sleep(takes)
        if self.left and self._random.random() < CHANCE:
            self._inject(actor, point)

    def statement(self, *_: object) -> None:
        """An actor is about to execute a statement."""
        chance = CHANCE / 4
        if self._scheduler.current() and self.happens("killed between two statements", chance):
            raise Killed

    def _note(self, fault: str) -> None:
        self.left -= 1
        self.happened[fault] += 1
        self._scheduler.log(f"FAULT {fault}")

    def _inject(self, actor: Actor, point: CrashPoint) -> None:
        fault = self._random.choice(_possible(point))
        self._note(f"{fault} {point}" if fault in {"killed", "stalled"} else fault)
        match fault:
            case "killed":
                raise Killed
            case "stalled":
                self._stall(actor)
            case "clock put forward an hour":
                self._scheduler.put_clock(HOUR)
            case "clock put back an hour":
                self._scheduler.put_clock(-HOUR)
            case "database does not answer" | "commit without an answer":
                raise OperationalError("COMMIT", None, Exception(fault))
            case "disk full" | "upload without an answer":
                raise OSError(fault)
            case _:
                self._damage_a_checkpoint()

    def _stall(self, actor: Actor) -> None:
        """A child does not go on, nor does its worker, as on a machine that sleeps."""
        for member in self._scheduler.family(actor.parent) if actor.parent else [actor]:
            member.ready_at = self._scheduler.seconds + self._random.uniform(1, 3) * LEASE_SECONDS
        self._scheduler.give_way()

    def _damage_a_checkpoint(self) -> None:
        files = fsspec.filesystem("memory")
        found = sorted(path for path in files.store if "/checkpoints/" in path)
        if found:
            path = self._random.choice(found)
            content = files.cat_file(path)
            match self._random.choice(["truncated", "flipped", "missing"]):
                case "truncated":
                    files.pipe_file(path, content[: len(content) // 2])
                case "flipped":
                    files.pipe_file(path, content[:-1] + bytes([content[-1] ^ 1]))
                case _:
                    files.rm(path)


def _possible(point: CrashPoint) -> list[str]:
    if point == CrashPoint.COMMIT:
        return ["killed", "database does not answer"]
    return [*ANYWHERE, *[SPECIAL[point]] * 2] if point in SPECIAL else ANYWHERE
