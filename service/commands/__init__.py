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

#: Modules of Python that only exist where locks and processes are those of POSIX.
NOT_ON_WINDOWS = ("fcntl", "resource", "termios", "pwd", "grp")
EXTRAS = {"psycopg": "server,postgresql"}  # that bring a module which not every server needs


def run_command(name: str, arguments: Sequence[str]) -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    try:
        command = importlib.import_module(f"{__name__}.{name}")
        typer.main.get_command(command.app).main(list(arguments), prog_name=f"bakeoff {name}")
    except ModuleNotFoundError as missing:
        sys.exit(f"bakeoff: {_what_to_do(name, str(missing.name))}")
    except (RefusedError, UnreachableError, BakeoffError) as refusal:
        sys.exit(f"bakeoff: {refusal}")


def _what_to_do(command: str, missing: str) -> str:
    """What to do where a command cannot import a module."""
    if missing in NOT_ON_WINDOWS:
        return (
            f"'{command}' needs Linux or macOS. On Windows, run it in WSL (in PowerShell: wsl --install)"
            " or with Docker (docker compose up); the commands that ask a running service work here too"
        )
    return (
        f"'{command}' needs the server, which is not installed ({missing} is missing);"
        f" in the folder of Bakeoff, run: pip install '.[{EXTRAS.get(missing, 'server')}]'"
    )
