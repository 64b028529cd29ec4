"""How often an architecture takes each class for each other."""

import numpy as np
from numpy.typing import NDArray

from service.analysis.results import ComparisonResults


def confusion_counts(results: ComparisonResults, architecture: str) -> NDArray[np.float64]:
    """Test images by [true class][predicted class]: mean over seeds, summed over the folds.

    So every image counts once, as long as each fold has ended for some seed.
    """
    by_fold: dict[int, list[NDArray[np.float64]]] = {}
    for run in results.runs_of(architecture):
        if run.result is not None:
            of_run = np.asarray(run.result["confusion_matrix"], dtype=np.float64)
            by_fold.setdefault(run.fold if results.folds and run.fold else 0, []).append(of_run)
    counts: NDArray[np.float64] = np.sum(
        [np.mean(same, axis=0) for same in by_fold.values()], axis=0
    )
    return counts
