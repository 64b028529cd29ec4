"""Gradient flow: the gradient of every layer, how far it moves the weights, and dead units."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from workers.training.hardware.activations import largest_activation
from workers.training.hardware.streaming import PlacedSplit
from workers.training.normalisation import Normalisation
from workers.training.results import LayerName

SAMPLES_PER_EPOCH = 16
DEAD_BATCH_SIZE = 250


class GradientFlow:
    """Collects norms of gradients and updates in some steps of an epoch, without waiting for the device."""

    def __init__(self, network: nn.Module, num_steps: int) -> None:
        named = [(name, each) for name, each in network.named_parameters() if each.requires_grad]
        self._layers = [_owner(name) for name, _ in named]
        self._parameters = [parameter for _, parameter in named]
        self._every = max(1, num_steps // SAMPLES_PER_EPOCH)
        self._squares: Tensor | None = None
        self._num_samples = 0
        self._before: list[Tensor] = []
        self._moved: Tensor | None = None  # (2, parameters): squares of updates and of weights

    def sample(self, step: int) -> None:
        """Collect the norms of step `step` (from 0) after its update, if the step is sampled.

        The update is measured in the step after a sampled one.
        """
        if self._before:
            self._record_update()
        if step % self._every:
            return
        norms = [
            # A parameter that the loss does not depend on, as some networks of timm have, has no gradient.
            p.new_zeros(()) if p.grad is None else torch.linalg.vector_norm(p.grad)
            for p in self._parameters
        ]
        squares = torch.stack(norms).square_()
        self._squares = squares if self._squares is None else self._squares.add_(squares)
        self._num_samples += 1
        self._before = [parameter.detach().clone() for parameter in self._parameters]

    def norms(self) -> dict[str, float]:
        """Root mean square over the sampled steps of the L2 norm of each layer's gradient.

        In the order of the network; the norm is over the layer's weights and biases together.
        """
        if self._squares is None:
            return {}
        sums = self._by_layer(self._squares)
        return {layer: (total / self._num_samples) ** 0.5 for layer, total in sums.items()}

    def update_ratios(self) -> dict[str, float]:
        """For each layer the L2 norm of its updates over that of its weights, root mean squares.

        Empty if the epoch has a single step.
        """
        if self._moved is None:
            return {}
        updates, weights = (self._by_layer(squares) for squares in self._moved)
        return {
            layer: (updates[layer] / weights[layer]) ** 0.5
            for layer in updates
            if weights[layer] > 0
        }

    def _record_update(self) -> None:
        pairs = list(zip(self._parameters, self._before, strict=True))
        updates = [torch.linalg.vector_norm(after.detach() - before) for after, before in pairs]
        weights = [torch.linalg.vector_norm(before) for _, before in pairs]
        squares = torch.stack([torch.stack(updates), torch.stack(weights)]).square_()
        self._moved = squares if self._moved is None else self._moved.add_(squares)
        self._before = []

    def _by_layer(self, squares: Tensor) -> dict[str, float]:
        sums: dict[str, float] = {}
        for layer, square in zip(self._layers, squares.tolist(), strict=True):
            sums[layer] = sums.get(layer, 0.0) + square
        return sums


def dead_relus(
    network: nn.Module, split: PlacedSplit, normalise: Normalisation, indices: Tensor
) -> dict[str, float]:
    """For each ReLU the share of its units, or channels, that are zero on every image at `indices` (N,).

    Measured in evaluation mode. If a network uses a ReLU again, the key of that use ends in its number.
    """
    alive: dict[str, Tensor] = {}
    uses: dict[str, int] = {}
    hooks = [
        module.register_forward_hook(_record_alive(name, alive, uses))
        for name, module in network.named_modules()
        if isinstance(module, nn.ReLU)
    ]
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            with largest_activation(network) as largest:
                network(normalise(split.first(indices)))
            for images in split.batches(largest.num_images(DEAD_BATCH_SIZE), indices):
                uses.clear()
                network(normalise(images))
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was_training)
    return {name: 1 - float(units.float().mean()) for name, units in alive.items()}


def layer_names(network: nn.Module) -> list[LayerName]:
    """The layers that have a gradient norm, in the order of the network."""
    modules = dict(network.named_modules())
    owners = dict.fromkeys(
        _owner(name) for name, each in network.named_parameters() if each.requires_grad
    )
    return [LayerName(owner, type(modules.get(owner, network)).__name__) for owner in owners]


def _record_alive(name: str, alive: dict[str, Tensor], uses: dict[str, int]) -> Callable[..., None]:
    def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
        del module, inputs
        uses[name] = uses.get(name, 0) + 1
        key = f"{name}:{uses[name]}" if uses[name] > 1 else name
        units = (output > 0).transpose(0, 1).flatten(1).any(dim=1)
        alive[key] = units | alive[key] if key in alive else units

    return hook


def _owner(parameter: str) -> str:
    return parameter.rpartition(".")[0] or "network"
