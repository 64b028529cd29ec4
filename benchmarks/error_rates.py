"""make error-rates: how often the comparison of two learners by folds claims what is not so.

Every simulated comparison draws a small dataset of two classes. An image is two views of itself,
alike in distribution; each learner is a ridge regression that sees one of them. So both learners are
equally good, over all datasets of that size, unless the second view is made clearer. Their
predictions take the way of any comparison: pair, statistics, finding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scipy import stats

from service.analysis.formats import seeds_in_words
from service.analysis.hypothesis_tests.folds import VALIDATION_SHARE
from service.analysis.matched_pairs import Pair, match_pair
from service.analysis.pair_statistics import LEVEL, MARGIN, Finding, PairStatistics
from service.analysis.paired_tests import apply_holm, uncorrected_statistics
from service.analysis.predictions import Predictions
from service.analysis.results import ComparisonResults, LabelledArchitecture, Run

FEATURES = 20  # of a view
DISTANCE = 0.8  # of either class from the middle, in standard deviations of a feature
RIDGE = 1.0
LEARNERS = ("first view", "second view")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """Comparisons of one kind; `lead` makes the second view so much clearer, as a share."""

    comparisons: int = 2000
    images: int = 100
    folds: int = 5
    seeds: int = 1
    lead: float = 0.0


@dataclass(frozen=True)
class Rates:
    """The shares of comparisons in which a difference is claimed at the level of 5 %."""

    found: float  # a finding "better", as `/statistics` has it
    t_test: float  # the corrected resampled t test alone
    ordinary_t_test: float  # without the correction
    mcnemar: float  # the exact test on the pooled predictions alone

    def __str__(self) -> str:
        return (
            f"better {self.found:6.2%}, corrected t test {self.t_test:6.2%},"
            f" ordinary t test {self.ordinary_t_test:6.2%}, McNemar's test {self.mcnemar:6.2%}"
        )


def rates(setting: Setting) -> Rates:
    """Simulate the comparisons of a setting, and count what is claimed of them."""
    pairs = [pair for results in simulated(setting) if (pair := match_pair(results, *LEARNERS))]
    tested: list[PairStatistics] = [
        found for pair in uncorrected_statistics(pairs, MARGIN) for found in apply_holm([pair])
    ]  # each pair is a comparison of its own
    return Rates(
        found=_share([pair.finding == Finding.BETTER for pair in tested]),
        t_test=_share([pair.p_with_seeds <= LEVEL for pair in tested]),
        ordinary_t_test=_share([_ordinary_p(pair) <= LEVEL for pair in pairs]),
        mcnemar=_share([pair.mcnemar_p <= LEVEL for pair in tested]),
    )


def margin_of_error(rate: float, comparisons: int) -> float:
    """Half the 95 % interval of a rate that is counted in so many comparisons (binomial)."""
    return 1.96 * float(np.sqrt(rate * (1 - rate) / comparisons))


def simulated(setting: Setting) -> Iterator[ComparisonResults]:
    """The results of every comparison: two learners, each trained with every seed and fold."""
    generator = np.random.default_rng([setting.images, setting.folds, setting.seeds])
    labels = (
        np.arange(setting.images) % 2
    )  # neighbours are of two classes, so that parts are stratified
    fold_of = np.arange(setting.images) * setting.folds // setting.images + 1
    correct = [
        _correct(generator, setting, labels, fold_of, DISTANCE * clearer)
        for clearer in (1.0, 1.0 + setting.lead)
    ]
    for comparison in range(setting.comparisons):
        yield _results(setting, labels, fold_of, [of_view[comparison] for of_view in correct])


def _correct(
    generator: np.random.Generator,
    setting: Setting,
    labels: NDArray[np.int64],
    fold_of: NDArray[np.int64],
    distance: float,
) -> NDArray[np.bool_]:
    """Which images (comparisons, seeds, images) the learner of a view gets right, each by its test fold."""
    sides = np.where(labels, 1.0, -1.0)
    direction = np.full(FEATURES, distance / FEATURES**0.5)
    shape = (setting.comparisons, setting.images, FEATURES)
    view: Floats = generator.normal(size=shape) + sides[:, None] * direction
    view = np.concatenate([view, np.ones((*shape[:2], 1))], axis=2)
    correct = np.empty((setting.comparisons, setting.seeds, setting.images), dtype=bool)
    for seed in range(setting.seeds):
        for fold in range(1, setting.folds + 1):
            is_tested = fold_of == fold
            drawn = generator.random(shape[:2]) >= VALIDATION_SHARE
            weights = _ridge(view, sides, drawn & ~is_tested)
            scores = (view[:, is_tested] @ weights[:, :, None])[:, :, 0]
            correct[:, seed, is_tested] = scores * sides[is_tested] > 0
    return correct


def _ridge(view: Floats, sides: Floats, is_trained: NDArray[np.bool_]) -> Floats:
    """The weights (comparisons, features) of ridge regressions on the images (comparisons, N) marked."""
    trained = (view * is_trained[:, :, None]).transpose(0, 2, 1)
    products = trained @ view + RIDGE * np.eye(view.shape[2])
    return np.asarray(np.linalg.solve(products, trained @ sides[:, None])[:, :, 0], np.float64)


def _results(
    setting: Setting,
    labels: NDArray[np.int64],
    fold_of: NDArray[np.int64],
    correct: Sequence[NDArray[np.bool_]],
) -> ComparisonResults:
    runs, kept = [], {}
    for learner, of_learner in zip(LEARNERS, correct, strict=True):
        for seed, row in enumerate(of_learner):
            for fold in range(1, setting.folds + 1):
                job_id = f"{learner}, {seed}, {fold}"
                runs.append(Run(job_id, learner, seed, "succeeded", fold=fold))
                part = fold_of == fold
                predicted = np.where(row[part], labels[part], 1 - labels[part])
                kept[job_id] = Predictions(np.eye(2, dtype=np.float32)[predicted], labels[part])
    return ComparisonResults(
        id="simulated",
        name="simulated",
        dataset="two views",
        recipe={},
        recipe_hash="",
        seeds=tuple(range(setting.seeds)),
        folds=setting.folds,
        labelled_architectures=tuple(
            LabelledArchitecture(name=learner, label=learner, options={}) for learner in LEARNERS
        ),
        runs=tuple(runs),
        predictions=kept,
    )


def _share(claims: Sequence[bool]) -> float:
    return float(np.mean(claims))


def _ordinary_p(pair: Pair) -> float:
    """Student's t over the folds as if they were independent; of folds all alike it says nothing."""
    of_folds = np.array([part.difference for part in pair.parts])
    if np.ptp(of_folds) == 0:
        return 1.0
    t = abs(of_folds.mean()) / np.sqrt(of_folds.var(ddof=1) / len(of_folds))
    return float(2 * stats.t.sf(t, len(of_folds) - 1))


SETTINGS = (
    Setting(folds=5),
    Setting(folds=5, seeds=3),
    Setting(folds=10),
    Setting(folds=2),
    Setting(folds=5, images=300, lead=1.0),
)


def main(
    comparisons: Annotated[int, typer.Option(help="Simulated comparisons of each kind.")] = 2000,
) -> None:
    """Print the rates for learners that are alike, and for one that is clearly better."""
    for setting in SETTINGS:
        learners = "one learner clearly better" if setting.lead else "learners alike"
        counted = (
            f"{setting.folds} folds × {seeds_in_words(setting.seeds)}, {setting.images} images"
        )
        typer.echo(f"{counted}, {learners}: {rates(replace(setting, comparisons=comparisons))}")


if __name__ == "__main__":
    typer.run(main)
