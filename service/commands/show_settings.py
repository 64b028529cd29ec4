"""bakeoff settings: what this process would run with."""

from rich.console import Console
from rich.table import Table

from service.commands import app
from workers.settings import Settings, settings


@app.command("settings")
def show_settings() -> None:
    """Print every setting: environment variable, value, meaning."""
    table = Table("variable", "value", "meaning")
    for name, field in Settings.model_fields.items():
        value = str(getattr(settings(), name))
        table.add_row(f"BAKEOFF_{name.upper()}", value, field.description)
    Console().print(table)
