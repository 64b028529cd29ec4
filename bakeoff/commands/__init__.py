"""The `bakeoff` command, over the same HTTP API and client that scripts use. One command a file."""

import importlib
import pkgutil
import sys

import httpx
import typer

from bakeoff.client import RefusedError

__all__ = ["app", "main"]

app = typer.Typer(
    name="bakeoff",
    help="Train image classifiers side by side, fairly and fast, and serve the winner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

#: Commands of the server, which is not installed beside every client: `service.commands` has them.
SERVER_COMMANDS = {
    "run": "Start everything, compare networks, and leave the service up until Ctrl-C.",
    "up": "Start the service and one worker; Ctrl-C stops both.",
    "serve": "Start the service alone; jobs wait until a worker runs.",
    "work": "Start a worker: it runs jobs until it is stopped.",
    "migrate": "Bring the database to the schema of this version.",
    "keys": "Make, list and revoke API keys; run it where the service runs.",
    "settings": "Print every setting: environment variable, value, meaning.",
    "check": "Exit with 0 if the service, or a worker of this machine, is up.",
}
HAND_OVER = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error and exit status 1."""
    load_commands()
    try:
        app()
    except RefusedError as refusal:
        sys.exit(f"bakeoff: {refusal}")
    except httpx.ConnectError as error:
        sys.exit(f"bakeoff: no service answers ({error}); start one with 'bakeoff up'")
    except httpx.TransportError as error:
        sys.exit(f"bakeoff: the connection to the service broke ({error})")


def load_commands() -> None:
    """Import every module of this folder, which adds its command, and add those of the server."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    for name, help_text in SERVER_COMMANDS.items():
        app.command(name, help=help_text, context_settings=HAND_OVER)(_hand_over)


def _hand_over(context: typer.Context) -> None:
    """Run a command of the server with the same arguments."""
    try:
        server = importlib.import_module("service.commands")
    except ModuleNotFoundError as missing:
        sys.exit(
            f"bakeoff: '{context.info_name}' needs the server ({missing.name} is not installed);"
            " install it with: pip install 'bakeoff[server]'"
        )
    server.main([str(context.info_name), *context.args])
