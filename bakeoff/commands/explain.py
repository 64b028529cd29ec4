"""bakeoff explain: a picture of what in an image speaks for a class."""

from pathlib import Path
from typing import Annotated

import typer

import bakeoff
from bakeoff.answers.explanations import describe
from bakeoff.terminal.options import DEFAULT_URL, Url


def explain(
    image: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="File for the picture, a PNG.")
    ] = Path("explanation.png"),
    model: Annotated[str, typer.Option(help="Id or alias of the model.")] = "latest",
    method: Annotated[
        str | None, typer.Option(help="hires_cam, grad_cam or occlusion; see docs/explanations.md.")
    ] = None,
    class_name: Annotated[
        str | None, typer.Option("--class", help="Class to explain; by default the predicted one.")
    ] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Draw which parts of an image speak for a class: orange for it, blue against it."""
    with bakeoff.Client(url) as client:
        answer = client.explain(model, image, method=method, class_name=class_name)
    output.write_bytes(answer.picture())
    [explained] = answer["explanations"]
    notes = f"  ({'; '.join(explained['notes'])})" if explained["notes"] else ""
    typer.echo(f"{image}: {describe(explained)}{notes}")
    typer.echo(f"{output}: {answer['method']}, {explained['how']}")
