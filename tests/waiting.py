"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable
from typing import Any

SECONDS = 200.0  # until a wait counts as a failure; the machine may be busy
PAUSE = 0.005  # seconds between two looks, at first
LONGEST_PAUSE = 0.05  # after a while: looking takes the time of the process that is waited for


def until(found: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """What `found` gives, as soon as it gives something; TimeoutError."""
    pause, deadline = PAUSE, time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        time.sleep(pause)
        pause = min(pause * 1.1, LONGEST_PAUSE)
    return answer
