"""The job that computes the features of a dataset by a pretrained backbone, for the heads behind it."""

from functools import partial

from models import Backbone
from workers.datasets.stored.loading import load
from workers.datasets.stored.store import DatasetStore
from workers.errors import BakeoffError
from workers.kinds._backbone_features import BackboneFeatures, bind_dataset
from workers.kinds._pretrained import PretrainedWeights
from workers.queue import leases
from workers.queue.leases import Lease
from workers.queue.progress import report_phase
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.retries import with_retries
from workers.storage.tables import Job
from workers.training.hardware import device as devices
from workers.training.trainer import build


class NoBackboneError(BakeoffError):
    """A network has no features."""


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Compute features unless they are kept already, and end the job with how they were computed."""
    database = open_database(settings.resolved_database_url)
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    datasets = DatasetStore(artifacts, settings.datasets_folder)
    device = devices.resolve(settings.device)
    devices.prepare(device)
    report = partial(report_phase, database, lease)
    identity = bind_dataset(database, datasets, job, lease, report)
    images = load(datasets.path(identity, job.dataset), job.dataset)
    backbone = build(
        str(job.architecture), job.options, images.image_shape, images.num_classes, seed=job.seed
    )
    if not isinstance(backbone, Backbone):
        raise NoBackboneError(f"'{job.architecture}' is no backbone with a head")
    weights = PretrainedWeights(settings, database, artifacts, job, lease)
    found = weights.load_into(backbone, report)
    features = BackboneFeatures(settings, database, artifacts, job, lease)
    result = features.get(backbone, found, identity, device).description.model_dump()

    def succeed() -> None:
        with transaction(database) as session:
            leases.succeed(session, lease, result=result, now=utc_now())

    with_retries(succeed)
