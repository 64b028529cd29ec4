"""bakeoff architectures: what can be trained."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import bakeoff
from bakeoff.terminal.options import DEFAULT_URL, Url


def architectures(
    search: Annotated[
        str | None,
        typer.Argument(help="Part of a name or a description: searches timm's networks too."),
    ] = None,
    *,
    pretrained: Annotated[
        bool, typer.Option("--pretrained", help="Only those with published weights.")
    ] = False,
    max_parameters: Annotated[
        int | None, typer.Option(min=0, help="Most parameters, with 10 classes.")
    ] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """List architectures: Bakeoff's own, or what a search finds among timm's too."""
    with bakeoff.Client(url) as client:
        found = client.list_architectures(
            search=search, pretrained=True if pretrained else None, max_parameters=max_parameters
        )
    table = Table("name", "parameters", "pretrained", "description")
    for item in found:
        summary = item["description"].partition("\n\n")[0].replace("\n", " ")
        weights = "yes" if item["pretrained"] else "–"
        table.add_row(item["name"], f"{item['num_parameters']:,}", weights, summary)
    Console().print(table)
