"""A comparison as one document: what it shows, the table, the charts, and how to repeat it."""

import base64
import dataclasses
import functools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from service.analysis.latency import is_measured
from service.analysis.leaderboard import LeaderboardRow, Pareto, leaderboard
from service.analysis.results import ComparisonResults
from service.analysis.statistics import statistics
from service.analysis.summary import accuracy_words, auc_words, sentences
from service.analysis.verdicts import p_words, points
from service.charts import charts
from service.charts.render import render, title_of
from service.charts.style import duration

COSTS = {
    "num_parameters": "parameters",
    "flops": "FLOPs",
    "train_seconds": "time of training",
    "latency_p50_batch_1": "latency of one image",
}

ORDER = (
    "accuracy",
    "differences",
    "learning_curves",
    "generalisation_gap",
    "parameters_against_accuracy",
    "training_time",
    "inference_latency",
    "latency_by_engine",
    "throughput",
    "confusion_matrices",
    "confidently_wrong",
    "only_one_right",
    "reliability",
    "roc",
    "gradient_flow",
    "update_ratios",
    "dead_relus",
)

OF_MEASUREMENTS = frozenset({"latency_by_engine", "throughput"})


def report_html(results: ComparisonResults) -> str:
    """One HTML page that loads nothing from elsewhere; IncomparableError before the first result."""
    return (
        _environment()
        .get_template("report.html")
        .render(_content(results), charts=_pictures(results))
    )


def report_markdown(results: ComparisonResults) -> str:
    """The same in Markdown, without the pictures."""
    return _environment().get_template("report.md").render(_content(results))


def _content(results: ComparisonResults) -> dict[str, Any]:
    evidence = results.any_result
    tested = statistics(results)
    rows = leaderboard(results)
    return {
        "results": results,
        "sentences": sentences(results, tested),
        "tested": tested,
        "rows": rows,
        "fronts": _fronts(rows),
        "recipe": results.recipe,
        "evidence": evidence,
        "precisions": {name: results.finished(name)[0] for name in results.with_results},
        "request": _request(results),
        "seeds": _seeds(results),
    }


def _seeds(results: ComparisonResults) -> str:
    """Which seeds all were trained with, or each, where they differ."""
    of_each = {name: ", ".join(map(str, results.seeds_of(name))) for name in results.architectures}
    if len(set(of_each.values())) == 1:
        return next(iter(of_each.values()))
    return "; ".join(f"{name}: {seeds}" for name, seeds in of_each.items())


def _fronts(rows: list[LeaderboardRow]) -> str:
    """Which architectures nothing beats in accuracy and a cost at once, in one sentence."""
    said = []
    for cost in Pareto.model_fields:
        names = [row.architecture for row in rows if getattr(row.pareto, cost)]
        said.append(f"{COSTS[cost]}: {', '.join(names)}")
    return f"No other is both more accurate and cheaper, by {'; by '.join(said)}."


def _request(results: ComparisonResults) -> dict[str, Any]:
    """The body that would make this comparison again."""
    return {
        "dataset": results.dataset,
        "architectures": [dataclasses.asdict(one) for one in results.entries],
        "recipe": results.recipe,
        "seeds": list(results.seeds),
    }


def _pictures(results: ComparisonResults) -> list[dict[str, str]]:
    names = [*(name for name in ORDER if name in charts), *(n for n in charts if n not in ORDER)]
    if not is_measured(results):  # they would repeat what the training saw
        names = [name for name in names if name not in OF_MEASUREMENTS]
    pictures = []
    for name in names:
        figure = charts[name](results)
        figure.suptitle("")  # the page has it as a heading
        content = base64.b64encode(render(figure, "svg")).decode()
        description = charts.description(name).partition("\n\n")[2].replace("\n", " ")
        pictures.append({"title": title_of(name), "description": description, "svg": content})
    return pictures


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["accuracy"] = accuracy_words
    environment.filters["auc"] = auc_words
    environment.filters["duration"] = duration
    environment.filters["points"] = points
    environment.filters["p_words"] = p_words
    return environment
