"""The commands that need the server: start it, migrate it, check it. One command a file.

`python -m service COMMAND` runs them; the `bakeoff` command hands them over.
"""

import importlib
import pkgutil
import sys

import httpx
import typer

from bakeoff.client import RefusedError
from workers.errors import BakeoffError

app = typer.Typer(
    name="bakeoff", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    load_commands()
    try:
        app(arguments, prog_name="bakeoff")
    except (RefusedError, BakeoffError) as refusal:
        sys.exit(f"bakeoff: {refusal}")
    except httpx.TransportError as error:
        sys.exit(f"bakeoff: the connection to the service broke ({error})")


def load_commands() -> None:
    """Import every module of this folder, which adds its command."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
