"""The features that a job needs or is to compute, and what they depend on."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from sqlalchemy import Engine

from models import Backbone
from workers.datasets.fetch import fetch
from workers.datasets.stored.loading import load
from workers.datasets.stored.store import DatasetStore
from workers.features.description import WantedFeatures
from workers.features.find import FrozenBackbone
from workers.features.store import Features, FeaturesStore
from workers.queue import leases
from workers.queue.leases import Lease
from workers.queue.progress import ImageProgress
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import Job
from workers.weights.wanted import FoundWeights


def bind_dataset(
    database: Engine,
    datasets: DatasetStore,
    job: Job,
    lease: Lease,
    report: Callable[[str], None],
) -> DatasetIdentity:
    """The content and split that a job is bound to; fetched and bound now if it is not yet."""
    if job.dataset_sha256:
        return DatasetIdentity(job.dataset_sha256, str(job.dataset_split))
    described = fetch(database, datasets, job.dataset, report)
    with transaction(database) as session:
        leases.record_dataset(session, lease, described.identity)
    return described.identity


@dataclass(frozen=True)
class BackboneFeatures:
    """The features of the images of a job's dataset by the backbone that its options describe."""

    settings: Settings
    database: Engine
    artifacts: ArtifactStore
    job: Job
    lease: Lease

    def get(
        self,
        backbone: Backbone,
        weights: FoundWeights,
        identity: DatasetIdentity,
        device: torch.device,
    ) -> Features:
        """Those that are kept; where there are none, or they are damaged, they are computed."""
        job = self.job
        datasets = DatasetStore(self.artifacts, self.settings.datasets_folder)
        frozen = FrozenBackbone(
            backbone,
            WantedFeatures(
                str(job.architecture),
                job.options["resolution"],
                identity,
                weights,
                backbone.preprocessing.scale,
            ),
            load(datasets.path(identity, job.dataset), job.dataset),
            device,
            ImageProgress(self.database, self.lease).report,
        )
        return frozen.features(FeaturesStore(self.artifacts, self.settings.features_folder))
