"""bakeoff storage: what is stored, and what is free."""

from rich.console import Console
from rich.table import Table

import bakeoff
from bakeoff.terminal.options import DEFAULT_URL, Url

MEGABYTE = 1e6


def storage(url: Url = DEFAULT_URL) -> None:
    """Show what artifacts, datasets, charts and the database take, and what is free."""
    with bakeoff.Client(url) as client:
        stored = client.show_storage()
    table = Table("what", "MB")
    table.columns[1].justify = "right"
    sizes = {
        **dict(sorted(stored["artifacts"].items())),
        "copies of datasets": stored["dataset_copies"],
        "charts and reports": stored["charts"],
        "database": stored["database"],
        "free": stored["free"],
    }
    for name, size in sizes.items():
        table.add_row(name, f"{size / MEGABYTE:,.1f}")
    Console().print(table)
