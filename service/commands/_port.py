"""The option `--port`, which several commands share."""

from typing import Annotated

import typer

from workers.settings import Settings, settings

Port = Annotated[int | None, typer.Option(envvar="BAKEOFF_PORT", help="Port of the service.")]


def settings_on_port(port: int | None) -> Settings:
    """The settings of this process, on another port if one is given."""
    found = settings()
    return found if port is None else found.model_copy(update={"port": port})
