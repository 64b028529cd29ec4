"""All seeds in one step, their weights stacked: torch.func, and one optimizer over the stacks.

See docs.pytorch.org/tutorials/intermediate/ensembling.html. Accuracy and gradient flow, which the
trainer keeps, are left out.
"""

import functools
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional

from benchmarks.contenders import EPOCHS, LEARNING_RATE, Work
from benchmarks.contenders.bakeoff import trainer_of
from benchmarks.seeds import main
from workers.datasets.image_dataset import Split
from workers.training.hardware.cuda_graphs import CapturedFunction, can_capture
from workers.training.hardware.pooling import LeanMaxPool2d
from workers.training.measuring.stopwatch import Stopwatch
from workers.training.optimizer import Optimizer
from workers.training.trainer import Trainer


class Batched:
    """Trainings of the same network that differ in their seed."""

    def __init__(self, trainers: list[Trainer]) -> None:
        self.shared = trainers[0]  # all have the same images
        if not isinstance(self.shared.train_split, Split):
            raise TypeError("seeds in one step need images that lie on the device")
        self.train_split = self.shared.train_split
        for layer in self.shared.network.modules():
            if type(layer) is LeanMaxPool2d:  # vmap cannot transform its backward pass
                vars(layer)["forward"] = functools.partial(nn.MaxPool2d.forward, layer)
        stacked, self.buffers = stack_module_state([each.network for each in trainers])
        self.values: dict[str, Tensor] = {
            name: nn.Parameter(value.detach()) for name, value in stacked.items()
        }
        self.optimizer = Optimizer(nn.ParameterList(self.values.values()), self.shared.recipe)

    def step(self, indices: Tensor) -> tuple[Tensor, ...]:
        """Train on the images at `indices` (S, N), a row for each seed: mean losses, added up ()."""
        selected = self.train_split.select(indices.flatten())
        images, labels = self.shared.normalise(selected.images), selected.labels
        for value in self.values.values():
            value.grad = None
        with self.shared.step.precision.product_rounding():
            with self.shared.step.precision.autocast(self.shared.device):
                logits = vmap(self._logits, randomness="different")(
                    self.values, self.buffers, images.unflatten(0, indices.shape)
                )
            loss = len(indices) * functional.cross_entropy(logits.flatten(0, 1).float(), labels)
            loss.backward()
        self.optimizer.step(LEARNING_RATE)
        return (loss.detach(),)

    def _logits(
        self, values: dict[str, Tensor], buffers: dict[str, Tensor], images: Tensor
    ) -> Tensor:
        logits: Tensor = functional_call(self.shared.network, (values, buffers), (images,))
        return logits


def seconds(works: list[Work]) -> float:
    """Seconds of the second epoch of all seeds."""
    batched = Batched([trainer_of(work) for work in works])
    shared = batched.shared
    step: Callable[[Tensor], tuple[Tensor, ...]] = batched.step
    if can_capture(shared.device):
        step = CapturedFunction(step, shared.device, batched.optimizer.parameters)
    generators = [torch.Generator().manual_seed(work.seed) for work in works]
    shared.network.train()
    stopwatch = Stopwatch(shared.device)
    for _ in range(EPOCHS):
        stopwatch.reset()
        stopwatch.start()
        orders = torch.stack(
            [torch.randperm(len(shared.train_split), generator=each) for each in generators]
        ).to(shared.device)
        for indices in orders.split(shared.batches.sizes, dim=1):
            step(indices)
        stopwatch.stop()
    return stopwatch.stop()


if __name__ == "__main__":
    main(seconds)
