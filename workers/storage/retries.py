"""Tries again what disk, database or artifact store refuse for a while, as a full disk does."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from workers.storage.database import UNAVAILABLE

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

PAUSES = (0.2, 0.5, 1, 2, 5, *[10] * 60)  # seconds; ten minutes in all

#: Errors that waiting does not mend.
_PERMANENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)


def with_retries(act: Callable[[], Result]) -> Result:
    """What `act` returns; where disk, database or store refuse, wait and call it again.

    After ten minutes the error is raised. `act` must be something that may be done twice: a fenced
    transaction, an artifact under a name of its own.
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
