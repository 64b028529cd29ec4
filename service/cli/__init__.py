"""The command line, over the same HTTP API and client that scripts use. One command, one module."""

import importlib
import pkgutil
import sys

import httpx
import typer

from service.client import RefusedError

__all__ = ["app", "main"]

app = typer.Typer(
    name="bakeoff",
    help="Train image classifiers side by side, fairly and fast, and serve the winner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error and exit status 1."""
    from service.cli.processes import StartError

    load_commands()
    try:
        app()
    except (RefusedError, StartError) as refusal:
        sys.exit(f"bakeoff: {refusal}")
    except httpx.ConnectError as error:
        sys.exit(f"bakeoff: no service answers ({error}); start one with 'bakeoff up'")
    except httpx.TransportError as error:
        sys.exit(f"bakeoff: the connection to the service broke ({error})")


def load_commands() -> None:
    """Import every module of this folder, which adds its command."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
