"""bakeoff models: what was trained; deleted and restored."""

import itertools
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

import bakeoff
from bakeoff.terminal.deletions import describe_deletion
from bakeoff.terminal.options import DEFAULT_URL, Search, Tag, Url

app = typer.Typer(help="List, delete and restore models.", invoke_without_command=True)

ModelId = Annotated[str, typer.Argument(help="Id of the model.")]


@app.callback(invoke_without_command=True)
def list_models(
    context: typer.Context,
    search: Search = None,
    tag: Tag = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    url: Url = DEFAULT_URL,
) -> None:
    """List models, newest first."""
    if context.invoked_subcommand:
        return
    table = Table("id", "name", "dataset", "architecture", "test accuracy", "aliases", "tags")
    with bakeoff.Client(url) as client:
        for model in itertools.islice(client.list_models(search=search, tag=tag), limit):
            table.add_row(
                model["id"],
                Text(model["name"] or "–"),
                model["dataset"],
                model["architecture"],
                f"{model['test_accuracy']:.2%}",
                ", ".join(model["aliases"]),
                Text(", ".join(model["tags"])),
            )
    Console().print(table)


@app.command()
def delete(model: ModelId, url: Url = DEFAULT_URL) -> None:
    """Delete a model; its training stays. For a day it can be restored."""
    with bakeoff.Client(url) as client:
        went = client.show_model_deletion(model)
        client.delete_model(model)
    typer.echo(describe_deletion("model", model, went))


@app.command()
def restore(model: ModelId, url: Url = DEFAULT_URL) -> None:
    """Bring a deleted model back, with all that went with it."""
    with bakeoff.Client(url) as client:
        typer.echo(f"model {client.restore_model(model)['id']} is back")
