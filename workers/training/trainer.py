"""The training loop: a generator that yields where it is, and every epoch when it is done.

What is random is a function of (seed, epoch) alone: initialisation, order, augmentation, dropout.
So every architecture of a comparison sees the same images in the same order, and a training that
is resumed after any epoch ends in the same bits.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from models import ImageShape, architectures
from workers.datasets.image_dataset import SPLIT_SEED, ImageDataset, Split
from workers.training.augmentation import augment, draw
from workers.training.checkpoint import Checkpoint
from workers.training.early_stopping import BestEpoch
from workers.training.errors import OutOfMemoryError, TrainingDivergedError, is_out_of_memory
from workers.training.hardware.captured import Captured, captures
from workers.training.hardware.dropout import draw_fewer_numbers
from workers.training.hardware.fused_optimizer import FusedOptimizer
from workers.training.hardware.gradients import gradients_of
from workers.training.hardware.layout import layout_of
from workers.training.hardware.memory import free_cached
from workers.training.hardware.precision import Precision, choose
from workers.training.hardware.strides import fit_strides
from workers.training.measuring.evaluation import score
from workers.training.measuring.gradient_flow import GradientFlow, dead_relus
from workers.training.measuring.remaining_time import RemainingTime
from workers.training.measuring.running_score import RunningScore
from workers.training.measuring.stopwatch import Stopwatch
from workers.training.normalisation import Normalisation
from workers.training.recipe import Recipe
from workers.training.results import Epoch, Progress
from workers.training.schedule import learning_rate

TRAIN_SAMPLE = 10_000  # images of the train split that are scored after each epoch
PROGRESS_SECONDS = 0.5


@dataclass(frozen=True)
class Trained:
    """An epoch, and the checkpoint after it, whose tensors the next step changes: keep it first."""

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
    """An untrained network, initialised from `seed`."""
    torch.manual_seed(seed)
    return architectures[architecture](image_shape, num_classes, **options)


class Trainer:
    """One training of `network`, which afterwards holds the final weights.

    Those are the last epoch's, or with early stopping those of the best validation loss.
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
        self.image_shape = dataset.image_shape
        draw_fewer_numbers(network)
        layout = layout_of(network)
        # torch's annotation lacks memory_format, which its documentation has.
        self.network: nn.Module = network.to(device, memory_format=layout)  # type: ignore[call-overload]
        fit_strides(network, self.image_shape)
        self.precision: Precision = choose(recipe.precision, network, device)
        self._gradients = gradients_of(network, recipe, self.precision, device)
        self.optimizer = FusedOptimizer(network, recipe)
        self.normalise = Normalisation(
            dataset.mean, dataset.std, device, layout=layout, image_shape=self.image_shape
        )
        self.train_split, self.validation, self.test = (
            split.to(device, layout) for split in (dataset.train, dataset.validation, dataset.test)
        )
        self.sizes = batch_sizes(len(self.train_split), recipe.batch_size)
        self._captured: Captured | None = None
        if captures(device):
            self._captured = Captured(self._step, device, self.optimizer.parameters)
        self.stopwatch = Stopwatch(device)
        self.best = BestEpoch(recipe.early_stopping_patience)
        self.train_seconds = 0.0
        self.epochs_done = 0

    def epochs(self, resume: Checkpoint | None = None) -> Iterator[Progress | Trained]:
        """Train to the end of the recipe, from the start or from a checkpoint."""
        if resume:
            self._resume(resume)
        clock = RemainingTime(self.epochs_done, self.recipe.epochs)
        try:
            while self.epochs_done < self.recipe.epochs and not self.stopped_early:
                yield from self._epoch(self.epochs_done + 1, clock)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        else:
            if self.best.weights:
                self.network.load_state_dict(self.best.weights)
            return
        # The error has gone, and with it the tensors that its frames held.
        self._captured = None
        raise OutOfMemoryError(self.recipe.batch_size, self._fitting_batch_size())

    @property
    def stopped_early(self) -> bool:
        """Whether early stopping ended it before the recipe's last epoch."""
        return self.epochs_done < self.recipe.epochs and self.best.is_stale(self.epochs_done)

    def _epoch(self, number: int, clock: RemainingTime) -> Iterator[Progress | Trained]:
        flow = GradientFlow(self.network, len(self.sizes))
        self.stopwatch.reset()
        for progress in self._steps(number, flow):
            yield dataclasses.replace(progress, eta_seconds=clock.estimate(progress))
        seconds = self.stopwatch.stop()
        steps = len(self.sizes)
        yield Progress("evaluating", number, self.recipe.epochs, steps, steps)
        epoch = Epoch(
            number=number,
            train=score(self.network, self._train_sample(), self.normalise),
            validation=score(self.network, self.validation, self.normalise),
            test=score(self.network, self.test, self.normalise),
            learning_rate=self._learning_rate(number, len(self.sizes) - 1),
            seconds=seconds,
            images_per_second=len(self.train_split) / seconds,
            gradient_norms=flow.norms(),
            update_ratios=flow.update_ratios(),
            dead_relus=dead_relus(self.network, self._train_sample(), self.normalise),
        )
        for judged in (epoch.train, epoch.validation, epoch.test):
            self._finite(judged.loss, number)
        self.epochs_done = number
        self.train_seconds += seconds
        self.best.note(number, epoch.validation.loss, self.network)
        yield Trained(epoch, self._checkpoint())

    def _steps(self, number: int, flow: GradientFlow) -> Iterator[Progress]:
        """One pass over the train split."""
        generator = torch.Generator().manual_seed(_mix(self.seed, number))
        torch.manual_seed(_mix(self.seed, number))  # of dropout
        num_images, shape = len(self.train_split), self.image_shape
        order = torch.randperm(num_images, generator=generator).to(self.device)
        draws = draw(self.recipe.augmentation, num_images, shape, generator).to(self.device)
        running = RunningScore(self.device)
        self.network.train()
        self.stopwatch.start()
        batches = zip(order.split(self.sizes), draws.split(self.sizes), strict=True)
        for step, (indices, drawn) in enumerate(batches):
            rate = self._learning_rate(number, step)
            loss, logits, labels = self._run(indices, drawn, rate)
            flow.sample(step)
            running.add(loss, logits, labels)
            if self.stopwatch.since_start() > PROGRESS_SECONDS:
                seconds = self.stopwatch.stop()
                yield Progress(
                    "training",
                    number,
                    self.recipe.epochs,
                    step + 1,
                    len(self.sizes),
                    loss=self._finite(running.loss(), number),
                    accuracy=running.accuracy(),
                    images_per_second=running.num_images / seconds,
                )
                self.stopwatch.start()
        self.stopwatch.stop()
        self._finite(running.loss(), number)

    def _run(self, indices: Tensor, draws: Tensor, rate: float) -> tuple[Tensor, ...]:
        if self._captured is None:
            return self._step(indices, draws, rate)
        return self._captured(indices, draws, torch.full((), rate, device=self.device))

    def _step(self, indices: Tensor, draws: Tensor, rate: float | Tensor) -> tuple[Tensor, ...]:
        """Train on the images at `indices`: mean loss (), logits (N, num_classes), labels (N,)."""
        images = self.normalise(self.train_split.images_at(indices))
        images = augment(images, draws)
        labels = self.train_split.labels.index_select(0, indices)
        self.optimizer.zero_grad()
        loss, logits = self._gradients(images, labels)
        self.optimizer.step(rate)
        return loss, logits, labels

    def _fitting_batch_size(self) -> int | None:
        """The largest half, quarter, … of the recipe's batch size that the memory holds a step of."""
        size = min(self.recipe.batch_size, len(self.train_split)) // 2
        while size > 1 and not self._fits(size):
            size //= 2
        return size if size > 1 else None

    def _fits(self, batch_size: int) -> bool:
        self.optimizer.zero_grad()
        free_cached(self.device)
        indices = torch.arange(batch_size, device=self.device)
        draws = draw(self.recipe.augmentation, batch_size, self.image_shape, torch.Generator())
        try:
            self._step(indices, draws.to(self.device), self._learning_rate(1, 0))
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return False
        return True

    def _learning_rate(self, number: int, step: int) -> float:
        steps = len(self.sizes)
        return learning_rate(self.recipe, (number - 1) * steps + step, self.recipe.epochs * steps)

    def _train_sample(self) -> Split:
        """The same images of the train split after every epoch, without augmentation."""
        generator = torch.Generator().manual_seed(SPLIT_SEED)
        order = torch.randperm(len(self.train_split), generator=generator)[:TRAIN_SAMPLE]
        return self.train_split.select(order.to(self.device))

    def _finite(self, loss: float, number: int) -> float:
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
            optimizer=self.optimizer.tensors(),
            best_network=self.best.weights,
        )

    def _resume(self, checkpoint: Checkpoint) -> None:
        self.network.load_state_dict(checkpoint.network)
        self.optimizer.restore(checkpoint.optimizer)
        self.epochs_done = checkpoint.epoch
        self.train_seconds = checkpoint.train_seconds
        self.best.number, self.best.loss = checkpoint.best_epoch, checkpoint.best_loss
        self.best.weights = dict(checkpoint.best_network)


def batch_sizes(num_images: int, batch_size: int) -> list[int]:
    """How many images each step of an epoch takes; no image is left out.

    A last batch of one joins the one before: batch norm cannot normalise a single value.
    """
    sizes = [batch_size] * (num_images // batch_size)
    rest = num_images % batch_size
    if rest == 1 and sizes:
        sizes[-1] += 1
    elif rest:
        sizes.append(rest)
    return sizes


def _mix(seed: int, epoch: int) -> int:
    """One seed from two, so that no two epochs of any two seeds are alike."""
    return seed * 1_000_003 + epoch
