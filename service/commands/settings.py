"""bakeoff settings: what this process would run with."""

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workers.observability.hidden_secrets import hide_secrets
from workers.settings import Settings, settings

app = typer.Typer(add_completion=False)


@app.command()
def show_settings() -> None:
    """Print every setting: environment variable, value, meaning."""
    table = Table("variable", "value", "meaning")
    for name, field in Settings.model_fields.items():
        value = escape(hide_secrets(str(getattr(settings(), name))))
        table.add_row(f"BAKEOFF_{name.upper()}", value, field.description)
    Console().print(table)
