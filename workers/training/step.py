"""One step of training on the device: gather a batch, differentiate, update the weights."""

import functools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from models._out_of_memory import is_out_of_memory
from workers.datasets.image_dataset import ImageDataset, Split
from workers.training.augmentation.augment import augment
from workers.training.augmentation.draws import draw
from workers.training.augmentation.mixing import main_labels
from workers.training.balancing import class_weights
from workers.training.batches import Batches
from workers.training.hardware.cuda_graphs import CapturedFunction, can_capture
from workers.training.hardware.gradients import gradients_of
from workers.training.hardware.layout import layout_of
from workers.training.hardware.memory import free_cached
from workers.training.hardware.pooling import keep_shapes_of_pooled
from workers.training.hardware.precision import Precision, choose_precision
from workers.training.hardware.streaming import PlacedSplit, place
from workers.training.hardware.strides import fit_strides
from workers.training.normalisation import Normalisation, moments_of
from workers.training.optimizer import Optimizer
from workers.training.recipe import Recipe


class TrainingStep:
    """Moves a network and its train split to a device, and trains the network batch by batch."""

    def __init__(
        self, network: nn.Module, dataset: ImageDataset, recipe: Recipe, device: torch.device
    ) -> None:
        self._recipe, self._device, self._image_shape = recipe, device, dataset.image_shape
        self.layout = layout_of(network)
        # torch's annotation lacks memory_format, which its documentation has.
        self.network: nn.Module = network.to(device, memory_format=self.layout)  # type: ignore[call-overload]
        fit_strides(network, dataset.image_shape)
        keep_shapes_of_pooled(network, device)
        self.precision: Precision = choose_precision(recipe.precision, network, device)
        weights = None
        if recipe.balance == "weights":
            weights = class_weights(dataset.train.labels, dataset.num_classes).to(device)
        self.gradients = gradients_of(network, recipe, self.precision, device, weights)
        self.optimizer = Optimizer(network, recipe)
        self.normalise = Normalisation(*moments_of(network, dataset), device, layout=self.layout)
        self.train_split: PlacedSplit = place(
            dataset.train, device, self.layout, dataset_bytes=dataset.num_bytes
        )
        self._train: Callable[..., tuple[Tensor, ...]] = self._train_on
        if isinstance(self.train_split, Split):
            self._train = functools.partial(self._train_at, self.train_split)
        self._captured: CapturedFunction | None = None
        if can_capture(device):
            self._captured = CapturedFunction(self._train, device, self.optimizer.parameters)

    def inputs(self, batches: Batches, epoch: int) -> Iterator[tuple[Tensor, ...]]:
        """What each step of an epoch takes: the indices (N,) of its images and their draws (N, …).

        Where the train split is streamed: images (N, C, H, W), labels (N,) and draws.
        """
        if isinstance(self.train_split, Split):
            return batches.of_epoch(epoch, self._device)
        return self.train_split.steps(batches.of_epoch(epoch, torch.device("cpu")))

    def __call__(self, inputs: tuple[Tensor, ...], rate: float) -> tuple[Tensor, ...]:
        """Train on the images of one of `inputs()`, augmented by its draws.

        Returns the mean loss () and the logits (N, num_classes) before the update, and the labels (N,), of a
        mixed image that of its larger share.
        """
        if self._captured is None:
            return self._train(*inputs, rate)
        return self._captured(*inputs, torch.full((), rate, device=self._device))

    def largest_batch_size_that_fits(self, rate: float) -> int | None:
        """The largest half, quarter, … of the recipe's batch size that the memory holds; or None.

        Ruins the weights: for a training that has run out of memory.
        """
        self._captured = None
        size = min(self._recipe.batch_size, len(self.train_split)) // 2
        while size > 1 and not self._fits(size, rate):
            size //= 2
        return size if size > 1 else None

    def _train_at(
        self, split: Split, indices: Tensor, draws: Tensor, rate: float | Tensor
    ) -> tuple[Tensor, ...]:
        labels = split.labels.index_select(0, indices)
        return self._train_on(split.images_at(indices), labels, draws, rate)

    def _train_on(
        self, stored: Tensor, labels: Tensor, draws: Tensor, rate: float | Tensor
    ) -> tuple[Tensor, ...]:
        images, shown = augment(stored, labels, draws, self._recipe, self.normalise)
        loss, logits = self.gradients(images, *shown)
        self.optimizer.step(rate)
        return loss, logits, main_labels(*shown)

    def _fits(self, batch_size: int, rate: float) -> bool:
        self.network.zero_grad()
        free_cached(self._device)
        indices = torch.arange(batch_size)
        draws = draw(self._recipe, batch_size, self._image_shape, torch.Generator())
        inputs: tuple[Tensor, ...] = indices.to(self._device), draws.to(self._device)
        if not isinstance(self.train_split, Split):
            inputs = next(self.train_split.steps([(indices, draws)]))
        try:
            self._train(*inputs, rate)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return False
        return True
