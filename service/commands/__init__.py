"""The commands that need the server: start it, migrate it, check it. One command a file.

A file has the name of its command and an `app`, which is imported when the command is run: only
`serve` has to load PyTorch. `bakeoff.terminal.server_commands` lists them for `bakeoff --help`.
"""

import importlib
import sys
from collections.abc import Sequence

import typer.main

from bakeoff.errors import RefusedError, UnreachableError
from workers.errors import BakeoffError


def run_command(name: str, arguments: Sequence[str]) -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    try:
        command = importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as missing:
        sys.exit(
            f"bakeoff: '{name}' needs the server, which is not installed ({missing.name} is missing);"
            " in the folder of Bakeoff, run: pip install '.[server]'"
        )
    try:
        typer.main.get_command(command.app).main(list(arguments), prog_name=f"bakeoff {name}")
    except (RefusedError, UnreachableError, BakeoffError) as refusal:
        sys.exit(f"bakeoff: {refusal}")
