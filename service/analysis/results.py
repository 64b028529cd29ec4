"""A comparison as plain data: what leaderboard, charts and report are made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from service.analysis.formats import seeds_in_words
from service.analysis.predictions import Predictions, pool
from workers.errors import BakeoffError


class Images(Protocol):
    """Images (N, C, H, W) as uint8; an index reads one image (C, H, W), or those at several positions."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> NDArray[np.uint8]: ...


class TestImages(Protocol):
    """The images that networks were tested on. With folds, one fold after the other."""

    def are_stored(self) -> bool:
        """Whether they are there, without reading them."""
        ...

    def __call__(self) -> Images | None:
        """The images; None where they are not there."""
        ...


class NoImages:
    """The test images of a dataset that is not there."""

    def are_stored(self) -> bool:
        """They are not."""
        return False

    def __call__(self) -> None:
        """None of them."""


no_images = NoImages()


class CheckSentence(NamedTuple):
    """What a check of the dataset has found."""

    level: str  # ok, notice, warning or skipped
    title: str
    sentence: str


#: Gives what the last checks of the dataset found, or nothing where there were none.
DatasetChecks = Callable[[], Sequence[CheckSentence]]


def no_checks() -> Sequence[CheckSentence]:
    """Stand for the checks of a dataset that was not checked."""
    return ()


class NoResultError(BakeoffError):
    """No job has succeeded yet: there is nothing to analyse or to draw."""

    status = HTTPStatus.CONFLICT


@dataclass(frozen=True)
class Run:
    """One job of a comparison, finished or not."""

    job_id: str
    architecture: str  # the label in the comparison
    seed: int
    status: str
    model_id: str | None = None
    #: Metric name → value after each epoch; None where it was not a finite number.
    epochs: Mapping[str, list[float | None]] = field(default_factory=dict)
    result: dict[str, Any] | None = None  # of a succeeded job, as workers.training.results.Result
    latency: dict[str, Any] | None = None  # the newest table of its model, and the `job_id` of it
    num_epochs: int = 0  # completed
    fold: int | None = None  # that tested it, from 1 to the comparison's `folds`

    @property
    def name(self) -> str:
        """Architecture, seed, and fold where it has one: `cnn, seed 0, fold 2`."""
        fold = f", fold {self.fold}" if self.fold else ""
        return f"{self.architecture}, seed {self.seed}{fold}"

    def curve(self, metric: str) -> list[float]:
        """A metric by epoch, NaN where it was not finite."""
        values = self.epochs.get(metric, [])
        return [float("nan") if value is None else value for value in values]


class LabelledArchitecture(BaseModel):
    """One architecture of a comparison, its options whole."""

    name: str
    label: str
    options: dict[str, Any]


@dataclass(frozen=True, eq=False)
class ComparisonResults:
    """What was compared, and every run of it."""

    id: str
    name: str
    dataset: str
    recipe: dict[str, Any]
    recipe_hash: str
    seeds: tuple[int, ...]
    folds: int | None  # parts of the dataset that tested in turn; None: its test split tested
    labelled_architectures: tuple[LabelledArchitecture, ...]  # in the order asked for
    runs: tuple[Run, ...]
    #: Job id → its network's predictions of the test images; jobs whose predictions are lost are left out.
    predictions: Mapping[str, Predictions] = field(default_factory=dict)
    test_images: TestImages = no_images
    dataset_checks: DatasetChecks = no_checks

    @property
    def architectures(self) -> tuple[str, ...]:
        """The labels, in the order asked for."""
        return tuple(architecture.label for architecture in self.labelled_architectures)

    def runs_of(self, architecture: str) -> list[Run]:
        """The runs of one architecture, seed by seed."""
        return [run for run in self.runs if run.architecture == architecture]

    def seeds_of(self, architecture: str) -> tuple[int, ...]:
        """The seeds one architecture is trained with: all, unless the jobs were there before."""
        return tuple(sorted({run.seed for run in self.runs_of(architecture)}))

    @property
    def n_in_words(self) -> str:
        """What `n` counts: `3 seeds`, `1 to 3 seeds`, `5 folds × 2 seeds (7 of 10 trained)`.

        Of a single job of a cross-validation it is `1 seed, fold 2`.
        """
        counts = sorted({len(self.results_of(name)) for name in self.with_results})
        words = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        if self.folds is None:
            fold = next((f", fold {run.fold}" for run in self.runs if run.fold), "")
            return seeds_in_words(words) + fold
        planned = self.folds * len(self.seeds)
        trained = "" if words == f"{planned}" else f" ({words} of {planned} trained)"
        return f"{self.folds} folds × {seeds_in_words(len(self.seeds))}{trained}"

    @property
    def repeat(self) -> str:
        """What each training of an architecture has of its own: its `seed`, or its `fold`.

        `training` where there are several of both.
        """
        if self.folds is None:
            return "seed"
        return "fold" if len(self.seeds) == 1 else "training"

    @property
    def num_test_images(self) -> int:
        """How many images have tested: those of the test split, or of all folds that have ended."""
        of_folds = {run.fold: run.result["test"]["images"] for run in self.runs if run.result}
        return sum(of_folds.values()) if self.folds else next(iter(of_folds.values()), 0)

    def results_of(self, architecture: str) -> list[dict[str, Any]]:
        """The results of the runs of one architecture that succeeded."""
        return [run.result for run in self.runs_of(architecture) if run.result is not None]

    def predictions_of(self, architecture: str) -> dict[tuple[int, int | None], Predictions]:
        """(Seed, fold) → predictions, of the runs of one architecture whose predictions are kept."""
        return {
            (run.seed, run.fold if self.folds else None): self.predictions[run.job_id]
            for run in self.runs_of(architecture)
            if run.job_id in self.predictions
        }

    def whole_predictions_by_seed(self, architecture: str) -> dict[int, Predictions]:
        """Seed → the predictions of all of `test_images()`: with folds, of one after the other.

        A seed is left out until all its folds have ended: an image would have another index without.
        """
        kept = self.predictions_of(architecture)
        folds = range(1, self.folds + 1) if self.folds else [None]
        return {
            seed: pool([kept[seed, fold] for fold in folds])
            for seed in dict.fromkeys(seed for seed, _ in kept)
            if all((seed, fold) in kept for fold in folds)
        }

    def whole_predictions_of(self, architecture: str) -> list[Predictions]:
        """The same, seed by seed."""
        return list(self.whole_predictions_by_seed(architecture).values())

    @property
    def with_results(self) -> list[str]:
        """The architectures of which at least one run succeeded, in the order asked for."""
        return [name for name in self.architectures if self.results_of(name)]

    @property
    def any_result(self) -> dict[str, Any]:
        """One result, for what all share: device, versions, class names; NoResultError."""
        self.require_result()
        return next(run.result for run in self.runs if run.result is not None)

    def require_result(self) -> None:
        """Refuse an analysis before the first job has succeeded; NoResultError."""
        if not self.with_results:
            raise NoResultError(
                "no job of this comparison has succeeded yet; charts and reports come with the first"
            )

    @property
    def class_names(self) -> list[str]:
        """The classes of the dataset, in the order of the labels; NoResultError."""
        return [scores["name"] for scores in self.any_result["per_class"]]
