"""The model card: what a model is, how it was trained, how good it is, and what it cannot do."""

import json
from collections.abc import Mapping
from typing import Any

from service.analysis.formats import auc_words, duration, scored_in_words
from service.analysis.latency import LatencyTable, is_measured, latency_of_rows, latency_table
from service.analysis.notes import listed
from service.analysis.quantisation import verdict
from service.analysis.results import ComparisonResults
from service.bundles.limits import limits
from service.bundles.markdown import interval, size_in_words, tested_by
from service.results.result_document import result_document
from service.templating import escape_markdown, template_environment
from workers.storage.tables import Model

#: What the job that quantised has measured of the int8 model, under the names that a training gives it.
INT8_SCORES = ("test", "validation", "macro_auc", "ece", "brier", "confusion_matrix", "per_class")
MAX_CLASSES = 20  # in the table of classes; of more, the hardest are shown

TEMPLATES = template_environment(
    "service.bundles",
    {
        "auc": auc_words,
        "duration": duration,
        "escape_markdown": escape_markdown,
        "listed": listed,
        "interval": lambda score: interval(score["correct"], score["support"]),
        "percent": lambda share: f"{100 * share:.2f} %",
    },
)


def model_card(
    model: Model, results: ComparisonResults, quantisation: Mapping[str, Any] | None = None
) -> str:
    """Markdown under a YAML front matter as the Hugging Face hub has it.

    `results` is the training of the model as a comparison of one; NoResultError where it has none. Of an
    int8 model it is that of its original, and `quantisation` the result of the job that quantised it.
    """
    result = _result(results, quantisation)
    num_correct = sum(row[label] for label, row in enumerate(result["confusion_matrix"]))
    return TEMPLATES.get_template("model_card.md").render(
        model=model,
        result=result,
        input_size=size_in_words(model),
        tested_by=tested_by(model),
        interval=interval(num_correct, result["test"]["images"]),
        recipe=results.recipe,
        recipe_hash=results.recipe_hash,
        scored=scored_in_words(result),
        request=_request(model, results),
        classes=_hardest_classes(result),
        latency=_latency(results, quantisation),
        is_latency_of_a_job=is_measured(results) or quantisation is not None,
        quantisation=quantisation,
        verdict=verdict(quantisation) if quantisation else "",
        limits=limits(model, result, results.dataset_checks()),
    )


def _result(results: ComparisonResults, quantisation: Mapping[str, Any] | None) -> dict[str, Any]:
    """The result of the training, with the scores of the int8 model where there is one."""
    int8 = {name: quantisation[name] for name in INT8_SCORES} if quantisation else {}
    return result_document({**results.any_result, **int8})


def _latency(results: ComparisonResults, quantisation: Mapping[str, Any] | None) -> LatencyTable:
    if quantisation:
        return latency_of_rows([pair["int8"] for pair in quantisation["latency"]])
    return latency_table(results, results.architectures[0])


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
