"""The client of a Bakeoff service and the `bakeoff` command, for scripts, notebooks and shells.

It needs httpx, httpx-sse, rich and typer, and imports nothing else of this repository.
"""

from typing import TYPE_CHECKING

from bakeoff.errors import RefusedError, UnreachableError

__all__ = ["Client", "RefusedError", "UnreachableError"]

if TYPE_CHECKING:
    from bakeoff.client import Client
else:

    def __getattr__(name: str) -> object:
        """Import the client when it is first used, so that `bakeoff --help` does not load httpx."""
        if name == "Client":
            from bakeoff.client import Client

            return Client
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
