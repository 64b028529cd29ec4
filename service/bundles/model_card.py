"""The model card: what a model is, how it was trained, how good it is, and what it cannot do."""

import functools
import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from service.analysis.class_averages import balanced_accuracy, macro_f1
from service.analysis.formats import auc_words, duration, scored_in_words
from service.analysis.latency import is_measured, latency_table
from service.analysis.results import ComparisonResults
from service.bundles.limits import limits
from service.bundles.markdown import escape, interval
from workers.storage.tables import Model

MAX_CLASSES = 20  # in the table of classes; of more, the hardest are shown


def model_card(model: Model, results: ComparisonResults) -> str:
    """Markdown under a YAML front matter as the Hugging Face hub has it.

    `results` is the training of the model as a comparison of one; NoResultError where it has none.
    """
    result = results.any_result
    matrix = result["confusion_matrix"]
    num_images = sum(map(sum, matrix))
    num_correct = sum(row[label] for label, row in enumerate(matrix))
    return (
        _environment()
        .get_template("model_card.md")
        .render(
            model=model,
            result=result,
            n=num_images,
            accuracy=num_correct / num_images,
            interval=interval(num_correct, num_images),
            balanced_accuracy=balanced_accuracy(matrix),
            macro_f1=macro_f1(matrix),
            recipe=results.recipe,
            recipe_hash=results.recipe_hash,
            scored=scored_in_words(results.recipe),
            request=_request(model, results),
            classes=_hardest_classes(result),
            latency=latency_table(results, results.architectures[0]),
            is_latency_of_a_job=is_measured(results),
            limits=limits(model, result, results.dataset_checks()),
        )
    )


def _request(model: Model, results: ComparisonResults) -> str:
    """The body that would train this model again, one field a line."""
    body: dict[str, Any] = {
        "dataset": model.dataset,
        "architecture": model.architecture,
        "options": model.options,
        "recipe": results.recipe,
        "seed": model.seed,
        **({"fold": model.fold, "folds": model.folds} if model.fold else {}),
    }
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in body.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _hardest_classes(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Scores by class, in their order; of many classes those with the lowest recall."""
    scores = [
        {**score, "correct": row[label]}
        for label, (score, row) in enumerate(
            zip(result["per_class"], result["confusion_matrix"], strict=True)
        )
    ]
    if len(scores) <= MAX_CLASSES:
        return scores
    tested = [score for score in scores if score["support"]]
    return sorted(tested, key=lambda score: float(score["recall"]))[:MAX_CLASSES]


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.bundles"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        {
            "auc": auc_words,
            "duration": duration,
            "escape_markdown": escape,
            "interval": lambda score: interval(score["correct"], score["support"]),
            "percent": lambda share: f"{100 * share:.2f} %",
        }
    )
    return environment
