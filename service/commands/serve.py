"""bakeoff serve: the REST API."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError

from service import overload
from service.commands._data_folder import refuse_unwritable
from service.commands._listening import on_usable_port
from service.commands._open_files import raise_limit
from service.commands._port import Port, settings_on_port
from service.commands._signals import treat_sigterm_as_interrupt
from service.live.server import Server
from workers.observability import logs, telemetry
from workers.schema.migrate import check_current
from workers.settings import Settings
from workers.storage.database import UNAVAILABLE, open_database

app = typer.Typer(add_completion=False)

RootPath = Annotated[
    str | None,
    typer.Option(
        envvar="BAKEOFF_ROOT_PATH", help="Path below which a proxy serves, as /lab/bakeoff."
    ),
]


@app.command()
def serve(port: Port = None, root_path: RootPath = None) -> None:
    """Start the service alone; jobs wait until a worker runs."""
    settings = settings_on_port(port)
    run(settings if root_path is None else below(settings, root_path))


def below(settings: Settings, root_path: str) -> Settings:
    """The same settings, for a proxy that serves below `root_path`; refuses what is no path."""
    try:
        return Settings.model_validate({**settings.model_dump(), "root_path": root_path})
    except ValidationError as error:
        raise typer.BadParameter(f"'{root_path}' is no path such as /lab/bakeoff") from error


def run(settings: Settings, parts: Iterable[overload.Part] = overload.PARTS.values()) -> None:
    """Serve until Ctrl-C, with these parts of `overload`; exit status 1 where it cannot start.

    SchemaError where the database is there at another version.
    """
    from service.app import create_app  # the other commands need none of what it imports

    logs.configure(settings.log_format)
    refuse_unwritable(settings)
    settings = on_usable_port(settings)
    telemetry.start("api")
    raise_limit()
    with suppress(*UNAVAILABLE):  # then requests are answered with 503 until it comes
        check_current(open_database(settings.resolved_database_url))
    service = create_app(settings)
    config = uvicorn.Config(
        service,
        uds=str(settings.socket_file) if settings.socket_file else None,
        host=settings.host,
        port=settings.port,
        timeout_graceful_shutdown=3,  # for what is being answered; streams of events do not count
        access_log=False,
        log_config=None,  # its lines are those of this process
    )
    server = Server(config)
    # uvicorn stops in order, and then raises the signal that told it to once more.
    with suppress(KeyboardInterrupt), treat_sigterm_as_interrupt():
        server.run(overload.install(service, config, parts))
    if settings.socket_file:
        settings.socket_file.unlink(missing_ok=True)
    if not server.started:
        sys.exit(1)
