"""How much gradient reaches every layer, how far it moves the weights, and which units are dead."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from workers.datasets.image_dataset import Split
from workers.training.normalisation import Normalisation
from workers.training.results import LayerName

SAMPLES_PER_EPOCH = 16
IMAGES = 1000  # on which a unit must stay at zero to be called dead
AT_ONCE = 250  # of them


class GradientFlow:
    """Collects gradient and update norms over some steps of an epoch, without waiting for the device."""

    def __init__(self, network: nn.Module, num_steps: int) -> None:
        named = [(name, one) for name, one in network.named_parameters() if one.requires_grad]
        self._layers = [_owner(name) for name, _ in named]
        self._parameters = [parameter for _, parameter in named]
        self._every = max(1, num_steps // SAMPLES_PER_EPOCH)
        self._squares: Tensor | None = None
        self._num_samples = 0
        self._before: list[Tensor] = []
        self._moved: Tensor | None = None  # (2, parameters): squares of updates and of weights

    def sample(self, step: int) -> None:
        """Note this step (from 0), after its update, if it is one of those sampled.

        The step after a sampled one tells how far an update moves the weights.
        """
        if self._before:
            self._note_update()
        if step % self._every:
            return
        gradients = [p.grad for p in self._parameters]
        norms = [torch.linalg.vector_norm(g) for g in gradients if g is not None]
        squares = torch.stack(norms).square_()
        self._squares = squares if self._squares is None else self._squares.add_(squares)
        self._num_samples += 1
        self._before = [parameter.detach().clone() for parameter in self._parameters]

    def norms(self) -> dict[str, float]:
        """Per layer, in the order of the network: the root mean square of its gradient's L2 norm.

        The norm of a layer is taken over its weights and biases together.
        """
        if self._squares is None:
            return {}
        sums = self._by_layer(self._squares)
        return {layer: (total / self._num_samples) ** 0.5 for layer, total in sums.items()}

    def update_ratios(self) -> dict[str, float]:
        """Per layer: L2 norm of an update over that of the weights it changes, root mean squares.

        Empty where an epoch has a single step.
        """
        if self._moved is None:
            return {}
        updates, weights = (self._by_layer(squares) for squares in self._moved)
        return {
            layer: (updates[layer] / weights[layer]) ** 0.5
            for layer in updates
            if weights[layer] > 0
        }

    def _note_update(self) -> None:
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


def dead_relus(network: nn.Module, split: Split, normalise: Normalisation) -> dict[str, float]:
    """Per ReLU: the share of its units (channels of a convolution) at zero on every one of 1,000 images.

    In evaluation mode. Where a network uses a ReLU again, that use has a number behind its name.
    """
    alive: dict[str, Tensor] = {}
    uses: dict[str, int] = {}
    hooks = [
        module.register_forward_hook(_note_alive(name, alive, uses))
        for name, module in network.named_modules()
        if isinstance(module, nn.ReLU)
    ]
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            for images in split.images[:IMAGES].split(AT_ONCE):
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
    owners = dict.fromkeys(_owner(n) for n, one in network.named_parameters() if one.requires_grad)
    return [LayerName(owner, type(modules.get(owner, network)).__name__) for owner in owners]


def _note_alive(name: str, alive: dict[str, Tensor], uses: dict[str, int]) -> Callable[..., None]:
    def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
        del module, inputs
        uses[name] = uses.get(name, 0) + 1
        key = f"{name}:{uses[name]}" if uses[name] > 1 else name
        units = (output > 0).transpose(0, 1).flatten(1).any(dim=1)
        alive[key] = units | alive[key] if key in alive else units

    return hook


def _owner(parameter: str) -> str:
    return parameter.rpartition(".")[0] or "network"
