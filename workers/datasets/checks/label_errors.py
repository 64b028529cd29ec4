"""Images that are probably labelled wrongly, by what networks say that have not trained on them."""

import warnings

import numpy as np
from numpy.typing import NDArray

from workers.datasets.checks._finding import MAX_GROUPS, Finding, Group, amount
from workers.datasets.checks._gathered import Gathered, HeldOut

TITLE = "Probable label errors"


def check(gathered: Gathered) -> Finding:
    """Note labels that confident learning doubts (Northcutt, Jiang & Chuang 2021), likeliest first."""
    if gathered.held_out is None:
        return Finding(
            "skipped",
            "no training on the splits of this dataset has succeeded yet, and no network on all of its"
            " folds; check again after that",
        )
    source, images, probabilities, num_trainings = gathered.held_out
    labels = gathered.labels[images]
    accuracy = float((probabilities.argmax(axis=1) == labels).mean())
    judged = (
        f"judged: {source}, by the mean probabilities of {amount(num_trainings, 'training')}, right"
        f" on {100 * accuracy:.1f} % of these images"
    )
    doubted = _find_doubtful(labels, probabilities)
    if not len(doubted):
        return Finding("ok", f"no label is doubted; {judged}")
    return Finding(
        level="notice",
        sentence=f"{amount(len(doubted), 'label')} may be wrong; {judged}",
        count=len(doubted),
        groups=[_group(gathered, gathered.held_out, int(index)) for index in doubted[:MAX_GROUPS]],
    )


def _find_doubtful(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The indices of labels that are probably wrong, the likeliest first."""
    from cleanlab.filter import (
        find_label_issues,
    )  # takes a second, which other checks need not wait

    with warnings.catch_warnings():
        # That a class is too small to be judged: `class_counts` says so.
        warnings.simplefilter("ignore", UserWarning)
        found: NDArray[np.int64] = find_label_issues(
            labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1
        )
    return found


def _group(gathered: Gathered, held_out: HeldOut, index: int) -> Group:
    probabilities = held_out.probabilities[index]
    likeliest = int(probabilities.argmax())
    remark = f"{gathered.classes[likeliest]} {100 * probabilities[likeliest]:.0f} %"
    return Group(1, [gathered.locate(int(held_out.images[index]), remark)])
