"""The result of a training as the API shows it, whichever version of Bakeoff stored it."""

from typing import Any

from service.analysis.class_averages import balanced_accuracy, macro_f1


def result_document(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored result with the averages over classes; a class without test images has no recall and no F1.

    Earlier versions stored neither the averages nor null, but 0. Results of other kinds of job are
    shown as they are stored.
    """
    if "confusion_matrix" not in stored:
        return stored
    return {
        **stored,
        "balanced_accuracy": balanced_accuracy(stored["confusion_matrix"]),
        "macro_f1": macro_f1(stored["confusion_matrix"]),
        "per_class": [_scores_document(scores) for scores in stored["per_class"]],
    }


def _scores_document(scores: dict[str, Any]) -> dict[str, Any]:
    return scores if scores["support"] else {**scores, "recall": None, "f1": None}
