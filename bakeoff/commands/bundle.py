"""bakeoff bundle: a model as a zip to use elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

import bakeoff
from bakeoff.terminal.options import DEFAULT_URL, Url


def bundle(
    model: Annotated[str, typer.Argument(help="Id or alias of the model.")] = "latest",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", dir_okay=False, help="File to write; named for the model."),
    ] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Download a model as a zip: ONNX graph, preprocessing, class names, predict.py, model card."""
    with bakeoff.Client(url) as client:
        found = client.show_model(model)
        content = client.download_bundle(found["id"])
    path = output or Path(f"{found['architecture'].replace('/', '-')}-{found['id']}.zip")
    path.write_bytes(content)
    typer.echo(f"{path}: {len(content):,} bytes")
