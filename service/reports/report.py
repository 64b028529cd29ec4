"""A comparison as one document: findings, tables, charts, and how to repeat it."""

import base64
import dataclasses
import json
import re
from importlib.metadata import version
from typing import Any

from service.analysis.formats import scored_in_words
from service.analysis.latency import is_measured
from service.analysis.leaderboard import leaderboard
from service.analysis.leaderboard_row import LeaderboardRow, Pareto
from service.analysis.notes import not_applied_in_words
from service.analysis.paired_tests import compare_pairs
from service.analysis.results import ComparisonResults
from service.analysis.summary import sentences
from service.charts import charts, make_picture, title_of
from service.charts.drawing.chart import Chart
from service.charts.drawing.render import render
from service.reports.design import design_of
from service.reports.filters import FILTERS
from service.templating import template_environment

TEMPLATES = template_environment("service.reports", FILTERS)

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

#: Of the checks of the dataset, in the order in which they are told.
LEVELS = ("warning", "notice", "skipped", "ok")

#: Charts that repeat what the training saw where no job has measured any latency.
OF_MEASUREMENTS = frozenset({"latency_by_engine", "throughput"})

#: A list of numbers alone, which `json.dumps` writes one to a line.
NUMBERS = re.compile(r"\[\s+([-\d.,\se+]+?)\s+\]")


def report_html(results: ComparisonResults) -> str:
    """One HTML page that loads nothing from elsewhere; NoResultError before the first result."""
    template = TEMPLATES.get_template("report.html")
    return template.render(_content(results), charts=_pictures(results))


def report_markdown(results: ComparisonResults) -> str:
    """The same in Markdown, without the pictures."""
    return TEMPLATES.get_template("report.md").render(_content(results))


def _content(results: ComparisonResults) -> dict[str, Any]:
    evidence = results.any_result
    tested = compare_pairs(results)
    rows = leaderboard(results)
    return {
        "results": results,
        "sentences": sentences(results, tested),
        "tested": tested,
        "rows": rows if len(rows) > 1 else [_remove_fronts(rows[0])],
        "evidence": evidence,
        "versions": _versions(results),
        "bakeoff": version("bakeoff"),
        "precisions": {name: results.results_of(name)[0] for name in results.with_results},
        "pretrained": _pretrained(results),
        "request": _request(results),
        "design": design_of(results),
        "seeds": _seeds(results),
        "scored": scored_in_words(results.recipe),
        "not_applied": not_applied_in_words(results),
        "checks": sorted(results.dataset_checks(), key=lambda found: LEVELS.index(found.level)),
    }


def _remove_fronts(row: LeaderboardRow) -> LeaderboardRow:
    """The same row without marks of the Pareto front, which means nothing when it has one member."""
    return row.model_copy(update={"pareto": Pareto(**dict.fromkeys(Pareto.model_fields, False))})


def _seeds(results: ComparisonResults) -> str:
    """The seeds of all architectures, or of each by name where they differ."""
    of_each = {name: ", ".join(map(str, results.seeds_of(name))) for name in results.architectures}
    if len(set(of_each.values())) == 1:
        return next(iter(of_each.values()))
    return "; ".join(f"{name}: {seeds}" for name, seeds in of_each.items())


def _versions(results: ComparisonResults) -> dict[str, str]:
    """Library → the version that the trainings used, or each of them, for their features too."""
    found: dict[str, set[str]] = {}
    for result in (run.result for run in results.runs if run.result):
        of_features = result.get("features") or {}
        for used in (result["versions"], of_features.get("versions", {})):
            for library, number in used.items():
                found.setdefault(library, set()).add(number)
    return {library: " and ".join(sorted(numbers)) for library, numbers in found.items()}


def _pretrained(results: ComparisonResults) -> dict[str, list[dict[str, Any]]]:
    """Architecture → the weights that its trainings started from, each file once."""
    found = {
        name: {each["sha256"]: each for result in kept if (each := result.get("pretrained"))}
        for name in results.with_results
        if (kept := results.results_of(name))
    }
    return {name: list(files.values()) for name, files in found.items() if files}


def _request(results: ComparisonResults) -> str:
    """The body that would make this comparison again, as JSON for readers."""
    body = {
        "dataset": results.dataset,
        "architectures": [compared.model_dump() for compared in results.labelled_architectures],
        "recipe": results.recipe,
        "seeds": list(results.seeds),
        **({"folds": results.folds} if results.folds else {}),
    }
    return NUMBERS.sub(_join_lines, json.dumps(body, indent=2))


def _join_lines(numbers: re.Match[str]) -> str:
    return f"[{' '.join(numbers[1].split())}]"


def _pictures(results: ComparisonResults) -> list[dict[str, str]]:
    """Title, description and SVG of every chart that has something to show."""
    names = [*(name for name in ORDER if name in charts), *(n for n in charts if n not in ORDER)]
    if not is_measured(results):
        names = [name for name in names if name not in OF_MEASUREMENTS]
    made = {name: make_picture(name, results) for name in names}
    return [_picture(name, chart) for name, chart in made.items() if not chart.note]


def _picture(name: str, chart: Chart) -> dict[str, str]:
    untitled = dataclasses.replace(chart, title="")  # the page has the title as a heading
    return {
        "title": title_of(name),
        "description": charts.description(name).partition("\n\n")[2].replace("\n", " "),
        "svg": base64.b64encode(render(untitled, "svg")).decode(),
    }
