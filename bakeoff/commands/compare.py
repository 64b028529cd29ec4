"""bakeoff compare: train architectures side by side and show what came of it."""

import json
import os
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from bakeoff.client import Client
from bakeoff.commands import app
from bakeoff.commands._leaderboard import leaderboard_table
from bakeoff.commands._live import job_label, watch
from bakeoff.commands._options import (
    DEFAULT_URL,
    THE_THREE,
    Architectures,
    Dataset,
    Epochs,
    Jobs,
    Output,
    RecipeText,
    Seeds,
    Url,
)

LEADERBOARD_WIDTH = 150


@app.command()
def compare(  # noqa: PLR0913 - each parameter is an option of the command line
    *,
    dataset: Dataset = "mnist",
    architecture: Architectures = THE_THREE,
    epochs: Epochs = 3,
    seeds: Seeds = 3,
    recipe: RecipeText = "{}",
    output: Output = None,
    job: Jobs = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Train architectures on a dataset with one recipe, and compare them; or compare jobs that are there."""
    request = comparison_request(dataset, architecture, epochs, seeds, recipe)
    with Client(url) as client:
        comparison = client.compare_jobs(job) if job else client.compare(**request)
        show_comparison(client, comparison, output)


def comparison_request(
    dataset: str, architectures: list[str], epochs: int, seeds: int, recipe: str
) -> dict[str, Any]:
    """The body of POST /v1/comparisons."""
    return {
        "dataset": dataset,
        "architectures": architectures,
        "recipe": recipe if recipe.isidentifier() else {"epochs": epochs, **_object(recipe)},
        "seeds": seeds,
    }


def _object(recipe: str) -> dict[str, Any]:
    try:
        fields = json.loads(recipe)
    except ValueError as error:
        raise typer.BadParameter(f"--recipe is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise typer.BadParameter('--recipe takes a JSON object, such as {"optimizer": "sgd"}')
    return fields


def show_comparison(client: Client, comparison: dict[str, Any], output: Path | None) -> None:
    """Watch a comparison, print its leaderboard, keep its charts and report.

    Exits with status 1 where a job failed or was cancelled.
    """
    console = result_console()
    link = f"{client.url}/v1/comparisons/{comparison['id']}"
    console.print(f"Comparison {comparison['id']}  {link}", highlight=False, soft_wrap=True)
    ended = watch(console, client.follow(comparison["id"]))
    failed = [job for job in ended["jobs"] if job["status"] != "succeeded"]
    for job in failed:
        why = job["error"] or job["status"]
        console.print(f"{job_label(ended, job)} seed {job['seed']}: {why}", style="red")
    if ended["status"] == "succeeded":
        console.print(leaderboard_table(ended))
        folder = (
            output
            or Path(os.environ.get("BAKEOFF_DATA", "data")) / "comparisons" / comparison["id"]
        )
        keep_pictures(client, comparison["id"], folder)
        console.print(f"Charts and report: {folder}/report.html", highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def result_console() -> Console:
    """A console as wide as the leaderboard where nobody has set a width."""
    console = Console()
    return console if console.is_terminal else Console(width=LEADERBOARD_WIDTH)


def keep_pictures(client: Client, comparison_id: str, folder: Path) -> None:
    """Write every chart as PNG and SVG, and the report as HTML and Markdown, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for chart in client.charts(comparison_id):
        for suffix in ("png", "svg"):
            picture = client.chart(comparison_id, chart["name"], suffix=suffix)
            (folder / f"{chart['name']}.{suffix}").write_bytes(picture)
    for suffix in ("html", "md"):
        (folder / f"report.{suffix}").write_bytes(client.report(comparison_id, suffix=suffix))
