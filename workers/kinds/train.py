"""The job that trains one architecture on one dataset with one recipe and seed."""

import contextlib
import dataclasses
from functools import partial
from typing import Any

import torch
from sqlalchemy import Engine
from torch import nn

from models import Backbone
from workers.datasets.image_dataset import ImageDataset
from workers.datasets.listings.splits import Fold
from workers.datasets.stored.clearing import Files, clear
from workers.datasets.stored.loading import load
from workers.datasets.stored.store import DatasetStore
from workers.kinds._backbone_features import BackboneFeatures, bind_dataset
from workers.kinds._head import HeadTraining
from workers.kinds._pretrained import PretrainedWeights
from workers.kinds._trained_model import store_model, store_probabilities
from workers.observability import telemetry
from workers.queue import leases
from workers.queue.dependencies import trains_head
from workers.queue.leases import Lease
from workers.queue.progress import report_phase, report_progress
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.checkpoints import Checkpoints
from workers.storage.database import UNAVAILABLE, open_database, transaction, utc_now
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.retries import with_retries
from workers.storage.tables import Job, JobStatus
from workers.training.checkpoint import Checkpoint
from workers.training.errors import TrainingError
from workers.training.final_evaluation import FinalEvaluation, evaluate_trained
from workers.training.hardware import device as devices
from workers.training.recipe import Recipe, changes_of_images
from workers.training.results import Progress
from workers.training.trainer import CompletedEpoch, Trainer, build


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Train, keep every epoch as it comes, and make a model of the result."""
    training = TrainJob(settings, job, lease)
    with telemetry.span("prepare", {}):
        training.prepare()
    training.train()
    with telemetry.span("finish", {}):
        training.finish()


class TrainJob:
    """One attempt at a training: the trainer yields epochs, and this writes them down."""

    def __init__(self, settings: Settings, job: Job, lease: Lease) -> None:
        self.settings, self.job, self.lease = settings, job, lease
        self.database: Engine = open_database(settings.resolved_database_url)
        self.artifacts = ArtifactStore(settings.resolved_artifacts_url)
        self.datasets = DatasetStore(self.artifacts, settings.datasets_folder)
        self.checkpoints = Checkpoints(self.artifacts, job.id, Checkpoint.from_bytes)
        self.identity: DatasetIdentity
        self.dataset: ImageDataset
        self.trainer: Trainer
        self.pretrained: dict[str, Any] | None = None
        self.network: nn.Module  # as it is stored
        self.head: HeadTraining | None = None  # what is trained of it, where that is not all
        self._report_phase = partial(report_phase, self.database, lease)

    def prepare(self) -> None:
        """Fetch the dataset if it is absent, and build the network."""
        device = devices.resolve(self.settings.device)
        devices.prepare(device)
        job = self.job
        self.identity = bind_dataset(
            self.database, self.datasets, job, self.lease, self._report_phase
        )
        path = self.datasets.path(self.identity, job.dataset)
        self.dataset = load(path, job.dataset, Fold.of(job.fold, job.folds))
        self.network = build(
            str(job.architecture),
            job.options,
            self.dataset.image_shape,
            self.dataset.num_classes,
            seed=job.seed,
        )
        if isinstance(self.network, Backbone) and job.options.get("pretrained"):
            self._load_pretrained(self.network, device)
        trained = self.head or self
        recipe = Recipe.from_stored(job.recipe or {})
        if self.head:
            recipe = recipe.of_features()
        self.trainer = Trainer(
            trained.network, trained.dataset, recipe, seed=job.seed, device=device
        )

    def _load_pretrained(self, network: Backbone, device: torch.device) -> None:
        """Start from pretrained weights; a checkpoint, if there is one, replaces what is trained later."""
        if trains_head(self.job.options):
            self._refuse_if_features_failed()
        of_job = (self.settings, self.database, self.artifacts, self.job, self.lease)
        found = PretrainedWeights(*of_job).load_into(network, self._report_phase)
        self.pretrained = found._asdict()
        if trains_head(self.job.options):
            features = BackboneFeatures(*of_job).get(network, found, self.identity, device)
            self.head = HeadTraining(network, self.dataset, features)

    def _refuse_if_features_failed(self) -> None:
        """TrainingError where the job for the features has failed: it would fail here, too."""
        with transaction(self.database, read_only=True) as session:
            awaited = session.get(Job, self.job.depends_on) if self.job.depends_on else None
            if awaited and awaited.status == JobStatus.FAILED:
                raise TrainingError(f"its features could not be computed: {awaited.error}")

    def train(self) -> None:
        """Train from the last checkpoint, or from the start."""
        began = telemetry.now()
        for report in self.trainer.epochs(self._last_checkpoint()):
            if isinstance(report, Progress):
                self._report(report)
                continue
            telemetry.add_span("epoch", began, epoch=report.epoch.number)
            if report.epoch.number > self.job.epoch:  # else: redone after a damaged checkpoint
                self._record_epoch(report)
            began = telemetry.now()

    def finish(self) -> None:
        """Evaluate the network, store weights and probabilities, and end the job."""
        epochs = self.trainer.epochs_done
        self._report(Progress("measuring", epochs, epochs, 1, 1))
        outcome, of_features = self._evaluate()
        path = f"predictions/{self.job.id}/{self.lease.token}.safetensors"
        digest = store_probabilities(self.artifacts, path, outcome, self.trainer)
        model = store_model(
            self.artifacts, self.job, self.identity, self.dataset, self.network, outcome
        )
        model.pretrained = self.pretrained
        result = {
            **dataclasses.asdict(outcome.result),
            **of_features,
            "model_id": model.id,
            "dataset_sha256": self.identity.sha256,
            "dataset_split": self.identity.split,
            "fold": self.job.fold,
            "folds": self.job.folds,
            "recipe_hash": self.job.recipe_hash,
            "not_applied": changes_of_images(self.job.recipe or {}) if self.head else [],
            "pretrained": self.pretrained,
            "predictions": path,
            "predictions_sha256": digest,
        }

        def succeed() -> None:
            with transaction(self.database) as session:
                session.merge(model)  # not add: a second try must not find it in a closed session
                leases.succeed(session, self.lease, result=result, now=utc_now())

        with_retries(succeed)
        # The job has ended: nobody can hold its lease any more, so nothing below needs the token.
        self.checkpoints.delete()
        self._clear_dataset()

    def _evaluate(self) -> tuple[FinalEvaluation, dict[str, Any]]:
        """The evaluation, and the fields of the result that only a head has."""
        if self.head:
            return self.head.evaluate(self.trainer)
        return evaluate_trained(self.trainer, self.dataset), {}

    def _clear_dataset(self) -> None:
        """Remove the dataset's file, if it was kept for this job alone: its name has moved on."""
        with contextlib.suppress(*UNAVAILABLE):
            clear(self.database, self.datasets, Files(self.identity, upload=None))

    def _record_epoch(self, trained: CompletedEpoch) -> None:
        content = trained.checkpoint.to_bytes()
        number, token = trained.epoch.number, self.lease.token
        # First the artifact, then the row that points to it.
        path = with_retries(lambda: self.checkpoints.put(content, token=token, epoch=number))

        def record() -> None:
            with transaction(self.database) as session:
                leases.record_epoch(
                    session,
                    self.lease,
                    epoch=number,
                    values=trained.epoch.metrics(),
                    checkpoint=path,
                    now=utc_now(),
                )

        with_retries(record)
        self.checkpoints.tidy(number)

    def _last_checkpoint(self) -> Checkpoint | None:
        resume = self.checkpoints.newest(self.job.checkpoint)
        if resume.damage:
            epoch = resume.checkpoint.epoch if resume.checkpoint else 0
            with transaction(self.database) as session:
                leases.record_fallback(
                    session, self.lease, epoch=epoch, reason=resume.damage, now=utc_now()
                )
        return resume.checkpoint

    def _report(self, progress: Progress) -> None:
        report_progress(self.database, self.lease, dataclasses.asdict(progress))
