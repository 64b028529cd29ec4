"""No garbage collection through what was imported at the start.

All of it stays. A collection that looks through it again and again holds up every request for a
third of a second.
"""

import gc

from service.overload.server import Server

YOUNG_OBJECTS = 20_000  # between two collections; many requests at once are many objects


def install(server: Server) -> None:
    """Freeze what is there when the application has been made."""
    del server
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
