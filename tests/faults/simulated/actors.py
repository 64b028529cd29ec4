"""A process of the simulator: a coroutine that can be made to wait, and killed where it stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from greenlet import greenlet

from workers.queue.leases import LeaseLostError


class Killed(BaseException):
    """SIGKILL: nothing of the process runs on."""


@dataclass(eq=False)
class Actor:
    """A worker, or a child of one."""

    name: str
    run: Callable[[], None]
    parent: Self | None = None  # the worker that a child belongs to
    ready_at: float = 0.0  # seconds
    exit_code: int | None = None
    greenlet: greenlet = field(init=False)

    def __post_init__(self) -> None:
        self.greenlet = greenlet(self._live)

    @property
    def is_alive(self) -> bool:
        return self.exit_code is None

    def _live(self) -> None:
        try:
            self.run()
            self.exit_code = 0
        except Killed:
            self.exit_code = -9
        except LeaseLostError:
            self.exit_code = 0  # as run_child() has it
        except Exception:  # noqa: BLE001 - whatever it is, it is what the seed has found
            self.exit_code = 1
