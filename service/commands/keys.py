"""bakeoff keys: API keys, on the machine of the service, straight in its database.

The first key can be made nowhere else: over HTTP whoever comes first could make it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from service.commands._data_folder import refuse_unwritable
from workers.schema.migrate import upgrade
from workers.settings import settings
from workers.storage import api_keys
from workers.storage.api_keys import Scope
from workers.storage.database import open_database, transaction, utc_now

app = typer.Typer(
    help="Make, list and revoke API keys; run it where the service runs.",
    invoke_without_command=True,
    add_completion=False,
)


@app.callback(invoke_without_command=True)
def list_keys(context: typer.Context) -> None:
    """List keys, newest first."""
    if context.invoked_subcommand:
        return
    table = Table("id", "name", "scopes", "requests/minute", "made", "state")
    with _session() as session:
        for key in api_keys.list_all(session):
            limit = f"{key.requests_per_minute:,}" if key.requests_per_minute else "–"
            made = f"{key.created_at:%Y-%m-%d %H:%M}"
            state = "revoked" if key.revoked_at else "valid"
            table.add_row(key.id, escape(key.name), ", ".join(key.scopes), limit, made, state)
    Console().print(table)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, for people.")],
    scope: Annotated[
        list[Scope], typer.Option(help="What it allows; repeat for more. admin allows all.")
    ],
    requests_per_minute: Annotated[
        int | None, typer.Option(min=1, help="More are refused; without it there is no limit.")
    ] = None,
) -> None:
    """Make a key and print it, this once. From the first key on the service asks for one."""
    with _session() as session:
        made = api_keys.create(
            session, name, scope, requests_per_minute=requests_per_minute, now=utc_now()
        )
    typer.echo(f"Key {made.row.id}; it is not shown again:", err=True)
    typer.echo(made.key)


@app.command()
def revoke(key: Annotated[str, typer.Argument(help="Id of the key.")]) -> None:
    """Revoke a key; it is refused within a second."""
    with _session() as session:
        api_keys.revoke(session, key, now=utc_now())
    typer.echo(f"{key}: revoked")


@contextmanager
def _session() -> Iterator[Session]:
    refuse_unwritable(settings())
    url = settings().resolved_database_url
    upgrade(url)
    with transaction(open_database(url)) as session:
        yield session
