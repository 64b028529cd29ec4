"""bakeoff datasets: what there is to train on, and how to get it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import bakeoff
from bakeoff.answers import Json
from bakeoff.terminal.options import DEFAULT_URL, Url

app = typer.Typer(help="List, fetch and upload datasets.", invoke_without_command=True)

Name = Annotated[str, typer.Argument(help="Name of the dataset.")]


@app.callback(invoke_without_command=True)
def list_datasets(context: typer.Context, url: Url = DEFAULT_URL) -> None:
    """List datasets and their state."""
    if context.invoked_subcommand:
        return
    table = Table("name", "state", "image", "classes", "train", "validation", "test")
    with bakeoff.Client(url) as client:
        for dataset in client.list_datasets():
            table.add_row(*_cells(dataset))
    Console().print(table)


@app.command()
def fetch(name: Name, url: Url = DEFAULT_URL) -> None:
    """Enqueue fetching a dataset."""
    with bakeoff.Client(url) as client:
        typer.echo(f"job {client.fetch_dataset(name)['id']}")


@app.command()
def upload(
    name: Name,
    archive: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".zip or .npz")],
    url: Url = DEFAULT_URL,
) -> None:
    """Upload a zip of train/<class>/* and test/<class>/*, or an .npz."""
    with bakeoff.Client(url) as client:
        uploaded = client.upload_dataset(name, archive)
        typer.echo(f"{name}: {uploaded['state']}, {len(uploaded['classes'])} classes")


@app.command()
def delete(name: Name, url: Url = DEFAULT_URL) -> None:
    """Delete a dataset's file."""
    with bakeoff.Client(url) as client:
        client.delete_dataset(name)
        typer.echo(f"{name}: deleted")


def _cells(dataset: Json) -> list[str]:
    shape, sizes, classes = dataset["image_shape"], dataset["sizes"], dataset["classes"]
    return [
        dataset["name"],
        dataset["state"],
        f"{shape['channels']}×{shape['height']}×{shape['width']}" if shape else "–",
        str(len(classes)) if classes else "–",
        *(f"{sizes[split]:,}" if sizes else "–" for split in ("train", "validation", "test")),
    ]
