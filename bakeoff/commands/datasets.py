"""bakeoff datasets: what there is to train on, and how to get it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import bakeoff
from bakeoff.answers import Json
from bakeoff.terminal import checks, uploads
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
def upload(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    name: Name,
    pictures: Annotated[Path, typer.Argument(exists=True, help="A folder, or an archive.")],
    size: Annotated[str | None, typer.Option(help="Of every image: 64, or 96x128.")] = None,
    fit: Annotated[str | None, typer.Option(help="crop, pad or stretch.")] = None,
    test_share: Annotated[float | None, typer.Option(help="Held out for testing.")] = None,
    damaged: Annotated[str | None, typer.Option(help="refuse or skip.")] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Upload a folder or an archive of pictures: class folders, a table of labels, arrays."""
    console = Console()
    options = {"size": size, "fit": fit, "test_share": test_share, "damaged": damaged}
    with bakeoff.Client(url) as client:
        dataset = uploads.upload(console, client, name, pictures, **options)
    for line in uploads.describe_dataset(dataset):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command()
def resize(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="Name of the dataset that is made.")],
    size: Annotated[str, typer.Argument(help="Of every image: 64, or 96x128.")],
    fit: Annotated[str, typer.Option(help="crop, pad or stretch.")] = "crop",
    url: Url = DEFAULT_URL,
) -> None:
    """Make the same upload at another size, without uploading again."""
    with bakeoff.Client(url) as client:
        job = client.resize_dataset(name, new_name, size=size, fit=fit)
        typer.echo(f"job {job['id']}")


@app.command()
def check(name: Name, url: Url = DEFAULT_URL) -> None:
    """Check a dataset for duplicates, leaks, small classes and label errors."""
    with bakeoff.Client(url) as client:
        findings = checks.wait_for_checks(Console(stderr=True), client, name)
    for line in checks.describe_findings(findings):
        Console().print(line, highlight=False, soft_wrap=True)


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
