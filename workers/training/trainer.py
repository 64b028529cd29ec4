"""The training loop: a generator that yields its progress, and every epoch when it is complete.

Initialisation, order, augmentation and dropout are random, and functions of (seed, epoch) alone. So
every architecture of a comparison sees the same images in the same order, and a training that is
resumed after any epoch ends in the same bits.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from models import ImageShape, UnfitNetworkError, architectures
from models._out_of_memory import is_out_of_memory
from workers.datasets.image_dataset import ImageDataset
from workers.training.averaging import AveragedNetwork
from workers.training.batches import Batches, epoch_seed
from workers.training.checkpoint import Checkpoint
from workers.training.early_stopping import BestEpoch
from workers.training.epoch_evaluation import EpochEvaluation
from workers.training.errors import (
    NetworkTooLargeError,
    OtherDatasetError,
    OutOfMemoryError,
    SingleImageError,
    TrainingDivergedError,
    TrainingError,
)
from workers.training.hardware.streaming import place
from workers.training.measuring.gradient_flow import GradientFlow
from workers.training.measuring.remaining_time import RemainingTime
from workers.training.measuring.running_score import RunningScore
from workers.training.measuring.stopwatch import Stopwatch
from workers.training.recipe import Recipe
from workers.training.results import Epoch, Progress
from workers.training.schedule import learning_rate
from workers.training.servable import as_evaluated
from workers.training.step import TrainingStep

PROGRESS_SECONDS = 0.5  # of training between two reports of progress
SINGLE_VALUE = (
    "Expected more than 1 value per channel when training"  # torch's words, of batch norm
)


@dataclass(frozen=True)
class CompletedEpoch:
    """An epoch and its checkpoint. The next step changes the checkpoint's tensors: save them first."""

    epoch: Epoch
    checkpoint: Checkpoint


def build(
    architecture: str,
    options: Mapping[str, Any],
    image_shape: ImageShape,
    num_classes: int,
    *,
    seed: int,
) -> nn.Module:
    """An untrained network, initialised from `seed`.

    TrainingError where it takes no such images, NetworkTooLargeError where the memory does not hold it.
    """
    torch.manual_seed(seed)
    try:
        return architectures[architecture](image_shape, num_classes, **options)
    except UnfitNetworkError as error:
        raise TrainingError(str(error)) from None
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise NetworkTooLargeError(architecture) from None


class Trainer:
    """One training of `network`, which ends with the last or, with early stopping, the best weights.

    With `ema_decay` these are those of the average, which is what every evaluation scores.
    """

    def __init__(
        self,
        network: nn.Module,
        dataset: ImageDataset,
        recipe: Recipe,
        *,
        seed: int,
        device: torch.device,
    ) -> None:
        self.recipe, self.seed, self.device = recipe, seed, device
        self.dataset = f"{dataset.sha256}-{dataset.split}"
        self.step = TrainingStep(network, dataset, recipe, device)
        self.network, self.normalise = self.step.network, self.step.normalise
        self.average = AveragedNetwork(self.network, recipe.ema_decay)
        self.train_split = self.step.train_split
        self.validation, self.test = (
            place(split, device, self.step.layout, dataset_bytes=dataset.num_bytes)
            for split in (dataset.validation, dataset.test)
        )
        self.evaluate = EpochEvaluation(
            self.train_split, self.validation, self.test, test_flips=recipe.test_flips
        )
        self.batches = Batches(dataset, recipe, seed)
        self.stopwatch = Stopwatch(device)
        self.best = BestEpoch(recipe.early_stopping_patience)
        self.train_seconds = 0.0
        self.epochs_done = 0

    @property
    def evaluated(self) -> nn.Module:
        """The network as it is scored and served when the training has ended."""
        return as_evaluated(self.network, test_flips=self.recipe.test_flips)

    @property
    def stopped_early(self) -> bool:
        """Whether early stopping ended the training before the recipe's last epoch."""
        done = self.epochs_done
        return done < self.recipe.epochs and self.best.patience_is_used_up(done)

    def epochs(self, resume: Checkpoint | None = None) -> Iterator[Progress | CompletedEpoch]:
        """Train to the end of the recipe, from the start or from a checkpoint.

        Raises TrainingDivergedError when a loss is no longer finite, OutOfMemoryError when the device
        cannot hold a batch, SingleImageError when batch norm gets one of a single image.
        """
        if resume:
            self._resume(resume)
        try:
            yield from self._remaining_epochs()
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        else:
            kept = self.best.weights or self.average.tensors()
            if kept:
                self.network.load_state_dict(kept)
            return
        # Out here the error is gone, and with it the tensors that its frames held.
        fitting = self.step.largest_batch_size_that_fits(self._learning_rate(1, 0))
        raise OutOfMemoryError(self.recipe.batch_size, fitting)

    def _remaining_epochs(self) -> Iterator[Progress | CompletedEpoch]:
        clock = RemainingTime(self.epochs_done, self.recipe.epochs)
        try:
            while self.epochs_done < self.recipe.epochs and not self.stopped_early:
                yield from self._epoch(self.epochs_done + 1, clock)
        except ValueError as error:
            if SINGLE_VALUE not in str(error):
                raise
            raise SingleImageError from None

    def _epoch(self, number: int, clock: RemainingTime) -> Iterator[Progress | CompletedEpoch]:
        flow = GradientFlow(self.network, len(self.batches))
        self.stopwatch.reset()
        for progress in self._train(number, flow):
            yield dataclasses.replace(progress, eta_seconds=clock.estimate(progress))
        seconds = self.stopwatch.stop()
        steps = len(self.batches)
        yield Progress("evaluating", number, self.recipe.epochs, steps, steps)
        epoch = self._evaluate(number, seconds, flow)
        self.epochs_done = number
        self.train_seconds += seconds
        self.best.update(number, epoch.validation.loss, self.average.network)
        yield CompletedEpoch(epoch, self._checkpoint())

    def _train(self, number: int, flow: GradientFlow) -> Iterator[Progress]:
        """One pass over the train split."""
        torch.manual_seed(epoch_seed(self.seed, number))  # for dropout
        running = RunningScore(self.device)
        epoch_inputs = self.step.inputs(self.batches, number)
        self.network.train()
        self.stopwatch.start()
        for step, inputs in enumerate(epoch_inputs):
            loss, logits, labels = self.step(inputs, self._learning_rate(number, step))
            self.average.update((number - 1) * len(self.batches) + step)
            flow.sample(step)
            running.add(loss, logits, labels)
            if self.stopwatch.since_start() > PROGRESS_SECONDS:
                seconds = self.stopwatch.stop()
                yield self._progress(number, step + 1, running, seconds)
                self.stopwatch.start()
        self.stopwatch.stop()
        self._require_finite(running.loss(), number)

    def _progress(self, number: int, step: int, running: RunningScore, seconds: float) -> Progress:
        return Progress(
            "training",
            number,
            self.recipe.epochs,
            step,
            len(self.batches),
            loss=self._require_finite(running.loss(), number),
            accuracy=running.accuracy(),
            images_per_second=running.num_images / seconds,
        )

    def _evaluate(self, number: int, seconds: float, flow: GradientFlow) -> Epoch:
        scores = self.evaluate(self.average.network, self.normalise)
        epoch = Epoch(
            number=number,
            train=scores.train,
            validation=scores.validation,
            test=scores.test,
            learning_rate=self._learning_rate(number, len(self.batches) - 1),
            seconds=seconds,
            images_per_second=len(self.train_split) / seconds,
            gradient_norms=flow.norms(),
            update_ratios=flow.update_ratios(),
            dead_relus=scores.dead_relus,
        )
        for scored in (epoch.train, epoch.validation, epoch.test):
            self._require_finite(scored.loss, number)
        return epoch

    def _learning_rate(self, number: int, step: int) -> float:
        steps = len(self.batches)
        return learning_rate(self.recipe, (number - 1) * steps + step, self.recipe.epochs * steps)

    def _require_finite(self, loss: float, number: int) -> float:
        if not math.isfinite(loss):
            raise TrainingDivergedError(number, self.recipe.learning_rate)
        return loss

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            epoch=self.epochs_done,
            best_epoch=self.best.number,
            best_loss=self.best.loss,
            train_seconds=self.train_seconds,
            network=self.network.state_dict(),
            optimizer=self.step.optimizer.tensors(),
            dataset=self.dataset,
            best_network=self.best.weights,
            averaged=self.average.tensors(),
        )

    def _resume(self, checkpoint: Checkpoint) -> None:
        if checkpoint.dataset not in {"", self.dataset}:
            raise OtherDatasetError
        self.network.load_state_dict(checkpoint.network)
        self.step.optimizer.restore(checkpoint.optimizer)
        self.average.restore(checkpoint.averaged)
        self.epochs_done = checkpoint.epoch
        self.train_seconds = checkpoint.train_seconds
        self.best.number, self.best.loss = checkpoint.best_epoch, checkpoint.best_loss
        self.best.weights = dict(checkpoint.best_network)
