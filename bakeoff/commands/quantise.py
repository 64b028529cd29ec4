"""bakeoff quantise: an int8 model of a trained one, and whether it is as good."""

from typing import Annotated

import typer

import bakeoff
from bakeoff.terminal.options import DEFAULT_URL, Url
from bakeoff.terminal.waiting import wait_for


def quantise(
    *,
    model: Annotated[str, typer.Argument(help="Id or alias of the model.")] = "latest",
    images: Annotated[int | None, typer.Option(help="Train images that calibrate it.")] = None,
    seed: Annotated[int | None, typer.Option(help="Draws those images.")] = None,
    margin: Annotated[
        float | None, typer.Option(help="Differences of accuracy below it count as equivalent.")
    ] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Let the worker make an int8 model of a trained one, and say what that costs and gains."""
    with bakeoff.Client(url) as client:
        job = client.quantise_model(model, images=images, seed=seed, margin=margin)
        made = wait_for(client, job)["result"]["model_id"]
        [quantisation] = client.list_quantisations(made)
    typer.echo(f"model {made}: {quantisation['verdict']}")
