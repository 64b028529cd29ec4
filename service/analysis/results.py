"""A comparison as plain data: what leaderboard, charts and report are made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from service.analysis.predictions import Predictions
from workers.errors import BakeoffError


class Images(Protocol):
    """Images (N, C, H, W) as uint8; an index reads one image (C, H, W), or those at several positions."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> NDArray[np.uint8]: ...


#: Gives the images that networks were tested on, or None where they are not there. With folds, those
#: of fold 1, then those of fold 2, …
TestImages = Callable[[], Images | None]


def no_images() -> None:
    """Stand for the test images of a dataset that is not there."""


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


class IncomparableError(BakeoffError):
    """There is nothing to analyse or to draw yet: no job has succeeded."""

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

    def curve(self, metric: str) -> list[float]:
        """A metric by epoch, NaN where it was not finite."""
        values = self.epochs.get(metric, [])
        return [float("nan") if value is None else value for value in values]


@dataclass(frozen=True)
class Entry:
    """An architecture of a comparison, under its label."""

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
    entries: tuple[Entry, ...]  # in the order asked for
    runs: tuple[Run, ...]
    #: Job id → its network's predictions of the test images; jobs whose predictions are lost are left out.
    predictions: Mapping[str, Predictions] = field(default_factory=dict)
    test_images: TestImages = no_images
    dataset_checks: DatasetChecks = no_checks

    @property
    def architectures(self) -> tuple[str, ...]:
        """The labels, in the order asked for."""
        return tuple(entry.label for entry in self.entries)

    def runs_of(self, architecture: str) -> list[Run]:
        """The runs of one architecture, seed by seed."""
        return [run for run in self.runs if run.architecture == architecture]

    def seeds_of(self, architecture: str) -> tuple[int, ...]:
        """The seeds one architecture is trained with: all, unless the jobs were there before."""
        return tuple(sorted(run.seed for run in self.runs_of(architecture)))

    @property
    def seeds_in_words(self) -> str:
        """How many seeds each architecture has a result of: `3 seeds`, or `1 to 3 seeds`."""
        counts = sorted({len(self.results_of(name)) for name in self.with_results})
        words = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        return f"{words} seed{'' if words == '1' else 's'}"

    def results_of(self, architecture: str) -> list[dict[str, Any]]:
        """The results of the runs of one architecture that succeeded."""
        return [run.result for run in self.runs_of(architecture) if run.result is not None]

    def predictions_of(self, architecture: str) -> dict[int, Predictions]:
        """Seed → predictions, of the runs of one architecture whose predictions are kept."""
        return {
            run.seed: self.predictions[run.job_id]
            for run in self.runs_of(architecture)
            if run.job_id in self.predictions
        }

    @property
    def with_results(self) -> list[str]:
        """The architectures of which at least one run succeeded, in the order asked for."""
        return [name for name in self.architectures if self.results_of(name)]

    @property
    def any_result(self) -> dict[str, Any]:
        """One result, for what all share: device, versions, class names; IncomparableError."""
        self.require_result()
        return next(run.result for run in self.runs if run.result is not None)

    def require_result(self) -> None:
        """Refuse an analysis before the first job has succeeded; IncomparableError."""
        if not self.with_results:
            raise IncomparableError(
                "no job of this comparison has succeeded yet; charts and reports come with the first"
            )

    @property
    def class_names(self) -> list[str]:
        """The classes of the dataset, in the order of the labels; IncomparableError."""
        return [scores["name"] for scores in self.any_result["per_class"]]
