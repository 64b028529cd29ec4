"""The commands of the server, which is not installed beside every client.

They are here by name and help alone, so that `bakeoff --help` imports nothing of them; `service.commands`
has them.
"""

import importlib

import typer

#: Name and help of each; a test holds them to those of `service.commands`.
SERVER_COMMANDS = {
    "run": "Start service and worker, run a comparison, and leave the service up until Ctrl-C.",
    "up": "Start the service and one worker; Ctrl-C stops both.",
    "serve": "Start the service alone; jobs wait until a worker runs.",
    "work": "Start a worker: it runs jobs until it is stopped.",
    "migrate": "Bring the database to the schema of this version.",
    "backup": "Back up the data folder to one file, while service and workers may run.",
    "restore": "Restore a backup into an empty data folder, once all of it is verified.",
    "keys": "Make, list and revoke API keys; run it where the service runs.",
    "settings": "Print every setting: environment variable, value, meaning.",
    "check": "Exit with 0 if the service, or a worker of this machine, is up; for health checks.",
}
PANEL = "Commands of the server"

#: Every argument is passed on, `--help` too.
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def add_server_commands(app: typer.Typer) -> None:
    """Add the commands of the server to an application."""
    for name, text in SERVER_COMMANDS.items():
        command = app.command(name, help=text, context_settings=PASS_ON, rich_help_panel=PANEL)
        command(_run)


def _run(context: typer.Context) -> None:
    """Run the command of that name with the same arguments."""
    importlib.import_module("service.commands").run_command(context.info_name, context.args)
