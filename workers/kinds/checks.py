"""The job that checks a dataset, beside trainings: duplicates, leaks, small classes, label errors."""

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load
from sqlalchemy import Engine

from workers.datasets.checks import (
    Gathered,
    HeldOut,
    LabelledImages,
    MeanProbabilities,
    gather,
    run_checks,
)
from workers.datasets.listings.listing import SPLITS
from workers.datasets.listings.splits import fold_numbers
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.loading import mapped_split
from workers.datasets.stored.registration import describe
from workers.datasets.stored.store import DatasetStore
from workers.queue import dataset_checks, leases
from workers.queue.leases import Lease
from workers.queue.progress import ImageProgress
from workers.settings import Settings
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.retries import with_retries
from workers.storage.tables import Job

#: The tensors in which trainings keep what they say of a split; those of version 0.1 lack the first.
PROBABILITIES = {"validation": "validation_probabilities", "test": "probabilities"}

logger = logging.getLogger(__name__)


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Check what the job's dataset stands for now, and end the job with the findings."""
    ChecksJob(settings, job, lease).check()


class ChecksJob:
    """One attempt at checking. Nothing is kept of it where it fails: the next attempt checks all."""

    def __init__(self, settings: Settings, job: Job, lease: Lease) -> None:
        self.dataset, self.lease = job.dataset, lease
        self.database: Engine = open_database(settings.resolved_database_url)
        self.artifacts = ArtifactStore(settings.resolved_artifacts_url)
        self.store = DatasetStore(self.artifacts, settings.datasets_folder)
        self._progress = ImageProgress(self.database, lease)

    def check(self) -> None:
        """Gather facts about the images, let every check judge them, and write down what it finds."""
        with transaction(self.database, read_only=True) as session:
            description = describe(session, self.dataset)
            trained = dataset_checks.trainings(session, self.dataset, description.identity)
        gathered = self._gather(description, trained)
        findings = [
            {"check": name, "title": title, **dataclasses.asdict(finding)}
            for name, title, finding in run_checks(gathered)
        ]
        result = {
            "num_images": len(gathered.labels),
            "num_compared": len(gathered.compared),
            "findings": findings,
        }

        def succeed() -> None:
            with transaction(self.database) as session:
                # Bound when it ends: until then the dataset may be replaced.
                leases.record_dataset(session, self.lease, description.identity)
                leases.succeed(session, self.lease, result=result, now=utc_now())

        with_retries(succeed)

    def _gather(self, description: DatasetDescription, trained: Sequence[Job]) -> Gathered:
        path = self.store.path(description.identity, self.dataset)
        splits: dict[str, LabelledImages] = {
            split: LabelledImages(*mapped_split(path, split)) for split in SPLITS
        }
        held_out = self._gather_held_out(trained, splits)
        return gather(description.classes, splits, held_out, self._progress.report)

    def _gather_held_out(
        self, trained: Sequence[Job], splits: Mapping[str, LabelledImages]
    ) -> HeldOut | None:
        """What trainings have kept of the images they did not train on; all have as many folds, or none."""
        labels = np.concatenate([split.labels for split in splits.values()])
        sizes = [len(split.labels) for split in splits.values()]
        own_splits = np.split(np.arange(len(labels)), np.cumsum(sizes)[:-1])
        own = dict(zip(splits, own_splits, strict=True))
        mean = MeanProbabilities(len(labels))
        folds = trained[0].folds if trained else None
        if folds is None:
            for job in trained:
                mean.add(own, self._probabilities(job.result or {}))
            return mean.held_out(own["validation"])
        numbers = fold_numbers(labels, folds)
        for job in trained:
            tested = {"test": np.flatnonzero(numbers == job.fold)}
            mean.add(tested, self._probabilities(job.result or {}))
        return mean.held_out_of_folds(folds)

    def _probabilities(self, result: dict[str, Any]) -> dict[str, NDArray[np.float64]]:
        """Split → what a training says of it, of those splits of which it has kept that."""
        if "predictions_sha256" not in result:
            return {}
        try:
            content = self.artifacts.get(result["predictions"], sha256=result["predictions_sha256"])
        except ArtifactError as error:
            logger.warning("a training takes no part in the search for label errors: %s", error)
            return {}
        kept = load(content)
        return {
            split: kept[name].astype(np.float64)
            for split, name in PROBABILITIES.items()
            if name in kept
        }
