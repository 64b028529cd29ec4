"""The job that checks a dataset, beside trainings: duplicates, leaks, small classes, label errors."""

import dataclasses
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load
from sqlalchemy import Engine

from workers.datasets.checks import Gathered, HeldOut, LabelledImages, gather, run_checks
from workers.datasets.listings.listing import SPLITS
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.loading import mapped_split
from workers.datasets.stored.registration import describe
from workers.datasets.stored.store import DatasetAbsentError, DatasetStore
from workers.queue import dataset_checks, leases
from workers.queue.leases import Lease
from workers.queue.progress import ImageProgress
from workers.settings import Settings
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.retries import with_retries
from workers.storage.tables import Job

HELD_OUT = "test"  # the split of which trainings keep their probabilities

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
            if description is None:
                raise DatasetAbsentError(self.dataset)
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
        held_out = self._held_out(trained, len(splits[HELD_OUT].labels))
        return gather(description.classes, splits, held_out, self._progress.report)

    def _held_out(self, trained: Sequence[Job], num_images: int) -> HeldOut | None:
        """The mean of the test probabilities that trainings have kept."""
        total: NDArray[np.float64] | None = None
        count = 0
        for job in trained:
            probabilities = self._probabilities(job.result or {})
            if probabilities is not None and len(probabilities) == num_images:
                total = probabilities if total is None else total + probabilities
                count += 1
        return None if total is None else HeldOut(HELD_OUT, total / count, count)

    def _probabilities(self, result: dict[str, Any]) -> NDArray[np.float64] | None:
        if "predictions_sha256" not in result:
            return None
        try:
            content = self.artifacts.get(result["predictions"], sha256=result["predictions_sha256"])
        except ArtifactError as error:
            logger.warning("a training takes no part in the search for label errors: %s", error)
            return None
        probabilities: NDArray[np.float64] = load(content)["probabilities"].astype(np.float64)
        return probabilities
