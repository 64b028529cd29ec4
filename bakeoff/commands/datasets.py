"""bakeoff datasets: what there is to train on, and how to get it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bakeoff.client import Client
from bakeoff.commands import app
from bakeoff.commands._options import DEFAULT_URL, Url

commands = typer.Typer(help="List, fetch and upload datasets.", invoke_without_command=True)
app.add_typer(commands, name="datasets")

Name = Annotated[str, typer.Argument(help="Name of the dataset.")]


@commands.callback(invoke_without_command=True)
def list_datasets(context: typer.Context, url: Url = DEFAULT_URL) -> None:
    """List datasets and their state."""
    if context.invoked_subcommand:
        return
    table = Table("name", "state", "image", "classes", "train", "validation", "test")
    with Client(url) as client:
        for one in client.datasets():
            shape = one["image_shape"]
            sizes = one["sizes"] or {}
            table.add_row(
                one["name"],
                one["state"],
                f"{shape['channels']}×{shape['height']}×{shape['width']}" if shape else "–",
                str(len(one["classes"])) if one["classes"] else "–",
                *(f"{sizes[s]:,}" if sizes else "–" for s in ("train", "validation", "test")),
            )
    Console().print(table)


@commands.command()
def fetch(name: Name, url: Url = DEFAULT_URL) -> None:
    """Enqueue fetching a dataset."""
    with Client(url) as client:
        typer.echo(f"job {client.fetch_dataset(name)['id']}")


@commands.command()
def upload(
    name: Name,
    archive: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".zip or .npz")],
    url: Url = DEFAULT_URL,
) -> None:
    """Upload a zip of train/<class>/* and test/<class>/*, or an .npz."""
    with Client(url) as client:
        uploaded = client.upload_dataset(name, archive)
        typer.echo(f"{name}: {uploaded['state']}, {len(uploaded['classes'])} classes")


@commands.command()
def delete(name: Name, url: Url = DEFAULT_URL) -> None:
    """Delete a dataset's file."""
    with Client(url) as client:
        client.delete_dataset(name)
        typer.echo(f"{name}: deleted")
