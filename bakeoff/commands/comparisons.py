"""bakeoff comparisons: what is compared; cancelled, retried, deleted and restored."""

import itertools
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

import bakeoff
from bakeoff.answers.comparison import Comparison
from bakeoff.terminal.deletions import describe_deletion
from bakeoff.terminal.options import DEFAULT_URL, Search, Tag, Url

app = typer.Typer(help="List, cancel, retry and delete comparisons.", invoke_without_command=True)

ComparisonId = Annotated[str, typer.Argument(help="Id of the comparison.")]
ComparisonIdOrLatest = Annotated[str, typer.Argument(help="Id of the comparison, or 'latest'.")]


@app.callback(invoke_without_command=True)
def list_comparisons(
    context: typer.Context,
    search: Search = None,
    tag: Tag = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    url: Url = DEFAULT_URL,
) -> None:
    """List comparisons, newest first."""
    if context.invoked_subcommand:
        return
    table = Table("id", "name", "dataset", "tags", "status")
    with bakeoff.Client(url) as client:
        for found in itertools.islice(client.list_comparisons(search=search, tag=tag), limit):
            tags = ", ".join(found["tags"])
            table.add_row(
                found["id"], Text(found["name"]), found["dataset"], Text(tags), found["status"]
            )
    Console().print(table)


@app.command()
def cancel(comparison: ComparisonIdOrLatest, url: Url = DEFAULT_URL) -> None:
    """Cancel every training that has not ended: at once if it waits, within a second if it runs."""
    with bakeoff.Client(url) as client:
        typer.echo(f"{comparison}: {_counts(client.cancel_comparison(comparison))}")


@app.command()
def retry(comparison: ComparisonIdOrLatest, url: Url = DEFAULT_URL) -> None:
    """Queue every training that failed or was cancelled again, from its last checkpoint."""
    with bakeoff.Client(url) as client:
        typer.echo(f"{comparison}: {_counts(client.retry_comparison(comparison))}")


@app.command()
def delete(comparison: ComparisonId, url: Url = DEFAULT_URL) -> None:
    """Delete a comparison, with the jobs that it made and their models; for a day it can be restored."""
    with bakeoff.Client(url) as client:
        went = client.show_comparison_deletion(comparison)
        client.delete_comparison(comparison)
    typer.echo(describe_deletion("comparison", comparison, went))


@app.command()
def restore(comparison: ComparisonId, url: Url = DEFAULT_URL) -> None:
    """Bring a deleted comparison back, with all that went with it."""
    with bakeoff.Client(url) as client:
        typer.echo(f"{comparison}: {client.restore_comparison(comparison)['status']}")


def _counts(comparison: Comparison) -> str:
    """How many of its trainings have each status, as "2 cancelled, 1 succeeded"."""
    counts = Counter(job["status"] for job in comparison["jobs"])
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
