"""A comparison on the terminal: its request, its progress and result, its charts on disk."""

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from bakeoff.answers import Json
from bakeoff.answers.comparison import Comparison, job_label
from bakeoff.answers.job import seed_and_fold
from bakeoff.terminal.leaderboard import leaderboard_table
from bakeoff.terminal.progress import watch

if TYPE_CHECKING:
    from bakeoff.client import Client

LEADERBOARD_WIDTH = 170
DEFAULT_EPOCHS = 3
#: What stands before each option of an architecture; a list in a value has commas, too.
OPTION = re.compile(r",(?=\w+=)")


def comparison_request(
    dataset: str,
    architectures: list[str],
    epochs: int | None,
    seeds: int | None,
    recipe: str,
    *,
    folds: int | None = None,
) -> Json:
    """The arguments of `Client.create_comparison` for the options of a command."""
    return {
        "dataset": dataset,
        "architectures": [_architecture(text) for text in architectures],
        "recipe": _recipe(recipe, epochs),
        "seeds": seeds,
        "folds": folds,
    }


def _architecture(text: str) -> str | Json:
    """An architecture of a request: `cnn`, or with options `cnn,channels=[16,32],dropout=0.2`.

    `label=` is what charts call it; the default is its name.
    """
    name, *options = OPTION.split(text)
    if "," in name:
        raise _no_value(text, name)
    if not options:
        return name
    values = dict(option.split("=", maxsplit=1) for option in options)
    label = values.pop("label", name)
    return {
        "name": name,
        "label": label,
        "options": {option: _value(text, value) for option, value in values.items()},
    }


def _value(text: str, value: str) -> Any:
    """A value of the architecture `text` as JSON; what is no JSON is a string."""
    try:
        return json.loads(value)
    except ValueError:
        if "," in value:
            raise _no_value(text, value) from None
        return value


def _no_value(architecture: str, before: str) -> typer.BadParameter:
    """What stands behind a comma is no option with a value."""
    rest = before.partition(",")[2].strip()
    return typer.BadParameter(
        f"--architecture {architecture}: '{rest}' has no value; options are written as"
        " NAME,option=value,option=value, such as timm/resnet18,pretrained=true"
    )


def _recipe(recipe: str, epochs: int | None) -> str | Json:
    """The recipe of a request: the name of a preset, or fields, which have the epochs from one place."""
    is_preset = recipe.isidentifier()
    fields = {} if is_preset else _fields(recipe)
    if epochs is not None and (is_preset or "epochs" in fields):
        raise typer.BadParameter(
            f"--recipe {recipe} states the epochs already; leave out --epochs, or write a recipe"
            " without them as JSON"
        )
    return (
        recipe if is_preset else {"epochs": DEFAULT_EPOCHS if epochs is None else epochs, **fields}
    )


def _fields(recipe: str) -> Json:
    try:
        fields = json.loads(recipe)
    except ValueError as error:
        raise typer.BadParameter(f"--recipe is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise typer.BadParameter('--recipe takes a JSON object, such as {"optimizer": "sgd"}')
    return fields


def show_comparison(client: "Client", comparison: Comparison, output: Path | None) -> None:
    """Watch a comparison, print its leaderboard, and write its charts and report to a folder.

    Exits with status 1 where a job failed or was cancelled.
    """
    console = _result_console()
    link = f"{client.url}/v1/comparisons/{comparison['id']}"
    console.print(f"Comparison {comparison['id']}  {link}", highlight=False, soft_wrap=True)
    ended = watch(console, client.follow_comparison(comparison["id"]))
    failed = [job for job in ended["jobs"] if job["status"] != "succeeded"]
    for job in failed:
        why = job["error"] or job["status"]
        console.print(
            f"{job_label(ended, job)} seed {seed_and_fold(job)}: {why}", style="red", markup=False
        )
    if ended["status"] == "succeeded":
        console.print(leaderboard_table(ended))
        tested = client.show_statistics(comparison["id"])
        for sentence in tested["verdicts"] + tested.get("notes", []):  # earlier services have none
            console.print(sentence, highlight=False, markup=False, soft_wrap=True)
        data = Path(os.environ.get("BAKEOFF_DATA", "data"))
        folder = output or data / "comparisons" / comparison["id"]
        write_results(client, comparison["id"], folder)
        console.print(
            f"Charts and report: {folder}/report.html",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        model = best_model(client, ended)
        console.print(
            f"Classify a picture with {model['architecture']}, seed {seed_and_fold(model)}:"
            f" bakeoff predict PICTURE --model {model['id']} --url {client.url}",
            highlight=False,
            soft_wrap=True,
        )
    if failed:
        raise typer.Exit(1)


def best_model(client: "Client", comparison: Json) -> Json:
    """The model of the first architecture of the leaderboard with the highest validation accuracy."""
    architecture = comparison["leaderboard"][0]["architecture"]
    models = [
        client.show_model(job["model_id"])
        for job in comparison["jobs"]
        if job["model_id"] and job_label(comparison, job) == architecture
    ]
    return max(models, key=lambda model: float(model["validation_accuracy"]))


def write_results(client: "Client", comparison_id: str, folder: Path) -> None:
    """Write every chart as PNG and SVG, and the report as HTML and Markdown, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for chart in client.list_charts(comparison_id):
        png = client.draw_chart(comparison_id, chart["name"], "png")
        (folder / f"{chart['name']}.png").write_bytes(png)
        svg = client.draw_chart(comparison_id, chart["name"], "svg")
        (folder / f"{chart['name']}.svg").write_bytes(svg)
    (folder / "report.html").write_text(client.show_report(comparison_id), encoding="utf-8")
    (folder / "report.md").write_text(client.show_markdown_report(comparison_id), encoding="utf-8")


def _result_console() -> Console:
    """A console as wide as the leaderboard where nobody has set a width."""
    console = Console()
    return console if console.is_terminal else Console(width=LEADERBOARD_WIDTH)
