"""bakeoff predict: classify image files."""

from pathlib import Path
from typing import Annotated

import typer

import bakeoff
from bakeoff.terminal.options import DEFAULT_URL, Scale, Url


def predict(
    images: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    model: Annotated[str, typer.Option(help="Id or alias of the model.")] = "latest",
    scale: Scale = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Classify image files with a trained model."""
    with bakeoff.Client(url) as client:
        answer = client.predict(model, *images, scale=scale)
    for path, prediction in zip(images, answer["predictions"], strict=True):
        top = ", ".join(
            f"{entry['label']} {entry['probability']:.1%}" for entry in prediction["top"]
        )
        notes = f"  ({'; '.join(prediction['notes'])})" if prediction["notes"] else ""
        typer.echo(f"{path}: {top}{notes}")
    latency = answer["latency_ms"]
    typer.echo("  ".join(f"{stage} {latency[stage]:.2f} ms" for stage in latency))
