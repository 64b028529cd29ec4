"""Waiting for what comes back by itself: room on the disk, an answer of database or store."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from workers.storage.database import UNAVAILABLE

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

PAUSES = (0.2, 0.5, 1, 2, 5, *[10] * 60)  # seconds; ten minutes in all

#: These do not pass by waiting.
_PERMANENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)


def with_retries(act: Callable[[], Result]) -> Result:
    """Do it; where disk, database or store refuse, wait and do it again, for ten minutes at most.

    `act` is something that may be done twice: a fenced transaction, an artifact under its own name.
    """
    for pause in PAUSES:
        try:
            return act()
        except _PERMANENT:
            raise
        except (*UNAVAILABLE, OSError) as error:
            logger.warning("trying again in %g s: %s", pause, error)
        time.sleep(pause)
    return act()
