"""bakeoff check: what a container's health check runs."""

import socket
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bakeoff import Client
from service.commands._listening import url_of
from workers.queue import registrations
from workers.schema.migrate import check_current
from workers.settings import settings
from workers.storage.database import open_database, transaction, utc_now

app = typer.Typer(add_completion=False)


class Part(StrEnum):
    """What can be checked."""

    SERVICE = "service"
    WORKER = "worker"


@app.command()
def check(part: Annotated[Part, typer.Argument(help="what to check on this machine")]) -> None:
    """Exit with 0 if the service, or a worker of this machine, is up; for health checks."""
    is_up = _service_is_up() if part is Part.SERVICE else _worker_is_up()
    typer.echo(f"{part}: {'up' if is_up else 'down'}")
    raise typer.Exit(0 if is_up else 1)


def _service_is_up() -> bool:
    with Client(url_of(settings()), timeout=5) as client:
        return client.is_ready()


def _worker_is_up() -> bool:
    since = utc_now() - timedelta(seconds=settings().lease_seconds)
    database = open_database(settings().resolved_database_url)
    try:
        check_current(database)
        with transaction(database, read_only=True) as session:
            present = registrations.list_present(session, since=since)
    except SQLAlchemyError:
        return False
    return any(worker.host == socket.gethostname() for worker in present)
