"""The `bakeoff` command, over the same client that scripts use. One command a file.

This is the list of them, in the order of `bakeoff --help`.
"""

import sys

import typer

from bakeoff.commands import (
    architectures,
    bundle,
    compare,
    comparisons,
    datasets,
    explain,
    jobs,
    latency,
    models,
    predict,
    quantise,
    storage,
)
from bakeoff.errors import RefusedError, UnreachableError
from bakeoff.terminal.server_commands import add_server_commands

__all__ = ["app", "main"]

app = typer.Typer(
    name="bakeoff",
    help="Train image classifiers side by side, fairly and fast, and serve the winner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(compare.compare)
app.add_typer(comparisons.app, name="comparisons")
app.add_typer(jobs.app, name="jobs")
app.add_typer(models.app, name="models")
app.command()(architectures.architectures)
app.add_typer(datasets.app, name="datasets")
app.command()(predict.predict)
app.command()(explain.explain)
app.command()(bundle.bundle)
app.command()(latency.latency)
app.command()(quantise.quantise)
app.command()(storage.storage)
add_server_commands(app)


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error and exit status 1."""
    try:
        app()
    except RefusedError as refusal:
        sys.exit(f"bakeoff: {refusal}")
    except UnreachableError as error:
        sys.exit(f"bakeoff: {error}; 'bakeoff up' starts a service")
