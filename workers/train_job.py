"""The job that trains one architecture on one dataset with one recipe and seed."""

import dataclasses
import hashlib
import logging
from typing import Any

from sqlalchemy import Engine
from torch import nn

from workers import leases, model_store
from workers.artifacts import ArtifactError, ArtifactStore
from workers.database import engine, transaction, utc_now
from workers.datasets import store
from workers.datasets.fetch import DatasetUnavailableError, fetch
from workers.datasets.image_dataset import ImageDataset
from workers.ids import new_id
from workers.jobs import Job
from workers.leases import Lease
from workers.model_store import Model
from workers.settings import Settings
from workers.training import device as devices
from workers.training.checkpoint import Checkpoint, CheckpointError
from workers.training.device import DeviceUnavailableError
from workers.training.errors import TrainingError
from workers.training.outcome import Outcome, judge
from workers.training.recipe import Recipe
from workers.training.results import Progress
from workers.training.trainer import Trained, Trainer, build

logger = logging.getLogger(__name__)

EXPECTED = (TrainingError, DatasetUnavailableError, DeviceUnavailableError)


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Train, keep every epoch as it comes, and make a model of the result."""
    training = TrainJob(settings, job, lease)
    training.prepare()
    training.train()
    training.finish()


class TrainJob:
    """One attempt at a training: the trainer yields, this writes down."""

    def __init__(self, settings: Settings, job: Job, lease: Lease) -> None:
        self.settings, self.job, self.lease = settings, job, lease
        self.database: Engine = engine(settings.resolved_database_url)
        self.artifacts = ArtifactStore(settings.resolved_artifacts_url)
        self.dataset: ImageDataset
        self.trainer: Trainer

    def prepare(self) -> None:
        """Fetch the dataset if it is absent, and build the network."""
        device = devices.resolve(self.settings.device)
        devices.prepare(device)
        job = self.job
        fetch(self.settings.datasets_folder, job.dataset, self._report_phase)
        self.dataset = store.load(self.settings.datasets_folder, job.dataset)
        network = build(
            str(job.architecture),
            job.options,
            self.dataset.image_shape,
            self.dataset.num_classes,
            seed=job.seed,
        )
        recipe = Recipe(**(job.recipe or {}))
        self.trainer = Trainer(network, self.dataset, recipe, seed=job.seed, device=device)

    def train(self) -> None:
        """Train from the last checkpoint, or from the start."""
        for said in self.trainer.epochs(self._last_checkpoint()):
            if isinstance(said, Progress):
                self._report(said)
            elif said.epoch.number > self.job.epoch:  # else: redone after a damaged checkpoint
                self._keep(said)

    def finish(self) -> None:
        """Judge the network, keep weights and probabilities, and end the job."""
        epochs = self.trainer.epochs_done
        self._report(Progress("measuring", epochs, epochs, 1, 1))
        outcome = judge(self.trainer, self.dataset)
        probabilities = f"predictions/{self.job.id}/{self.lease.token}.safetensors"
        digest = self.artifacts.put(probabilities, _probabilities_file(outcome, self.trainer))
        model = self._model(outcome)
        result = {
            **dataclasses.asdict(outcome.result),
            "model_id": model.id,
            "dataset_sha256": self.dataset.sha256,
            "recipe_hash": self.job.recipe_hash,
            "predictions": probabilities,
            "predictions_sha256": digest,
        }
        with transaction(self.database) as session:
            session.add(model)
            leases.succeed(session, self.lease, result=result, now=utc_now())
        self.artifacts.delete(f"checkpoints/{self.job.id}")

    def _keep(self, trained: Trained) -> None:
        content = trained.checkpoint.to_bytes()
        digest = hashlib.sha256(content).hexdigest()
        number = trained.epoch.number
        path = f"checkpoints/{self.job.id}/{self.lease.token}-{number}-{digest}.safetensors"
        self.artifacts.put(path, content)  # first the artifact, then the row that points to it
        with transaction(self.database) as session:
            leases.record_epoch(
                session,
                self.lease,
                epoch=number,
                values=trained.epoch.metrics(),
                checkpoint=path,
                now=utc_now(),
            )
        if self.job.checkpoint:
            self.artifacts.delete(self.job.checkpoint)
        self.job.checkpoint, self.job.epoch = path, number

    def _last_checkpoint(self) -> Checkpoint | None:
        path = self.job.checkpoint
        if path is None:
            return None
        digest = path.removesuffix(".safetensors").rpartition("-")[2]
        try:
            return Checkpoint.from_bytes(self.artifacts.get(path, sha256=digest))
        except (ArtifactError, CheckpointError) as error:
            logger.warning("job %s starts again from its first epoch: %s", self.job.id, error)
            return None

    def _report(self, progress: Progress) -> None:
        with transaction(self.database) as session:
            leases.record_progress(session, self.lease, dataclasses.asdict(progress))

    def _report_phase(self, phase: str) -> None:
        with transaction(self.database) as session:
            leases.record_progress(session, self.lease, {"phase": phase})

    def _model(self, outcome: Outcome) -> Model:
        content = _weights_file(self.trainer.network)
        model_id = new_id()
        path = f"models/{model_id}/weights.safetensors"
        result, job, dataset = outcome.result, self.job, self.dataset
        return model_store.Model(
            id=model_id,
            job_id=job.id,
            created_at=utc_now(),
            architecture=str(job.architecture),
            options=job.options,
            dataset=dataset.name,
            dataset_sha256=dataset.sha256,
            seed=job.seed,
            recipe_hash=str(job.recipe_hash),
            classes=list(dataset.classes),
            image_shape=list(dataset.image_shape),
            mean=list(dataset.mean),
            std=list(dataset.std),
            num_parameters=result.num_parameters,
            validation_accuracy=result.validation.accuracy,
            test_accuracy=result.test.accuracy,
            weights=path,
            weights_sha256=self.artifacts.put(path, content),
            weights_bytes=len(content),
        )


def _weights_file(network: nn.Module) -> bytes:
    from safetensors.torch import save

    return save({name: one.cpu().contiguous() for name, one in network.state_dict().items()})


def _probabilities_file(outcome: Outcome, trainer: Trainer) -> bytes:
    from safetensors.torch import save

    tensors: dict[str, Any] = {
        "probabilities": outcome.test_probabilities.contiguous(),
        "labels": trainer.test.labels.cpu(),
    }
    return save(tensors)
