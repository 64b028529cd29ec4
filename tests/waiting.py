"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable
from typing import Any

SECONDS = 200.0  # until a wait counts as a failure; the machine may be busy
PAUSE = 0.005  # seconds between two looks


def until(found: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """What `found` gives, as soon as it gives something; TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        time.sleep(PAUSE)
    return answer
