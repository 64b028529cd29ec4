"""The leaderboard of a comparison as a table for the terminal."""

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from bakeoff.answers import Json
from bakeoff.answers.comparison import evidence
from bakeoff.answers.leaderboard import HEADINGS, cells


def leaderboard_table(comparison: Json) -> Table:
    """One line per architecture, best test accuracy first; mean ± standard deviation over trainings."""
    table = Table(title=evidence(comparison))
    for number, heading in enumerate(HEADINGS):
        justify: JustifyMethod = "right" if number else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=not number)
    for row in comparison["leaderboard"]:
        # A mark a line: beside the name they would leave the numbers no room. Earlier services write none.
        name = "\n".join([row["architecture"], *row.get("marks", [])])
        table.add_row(Text(name), *cells(row)[1:])
    return table
