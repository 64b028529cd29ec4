"""How much gradient reaches every layer."""

import torch
from torch import Tensor, nn

from workers.training.results import LayerName

SAMPLES_PER_EPOCH = 16


class GradientFlow:
    """Collects gradient norms over some steps of an epoch, without waiting for the device."""

    def __init__(self, network: nn.Module, num_steps: int) -> None:
        named = [(name, one) for name, one in network.named_parameters() if one.requires_grad]
        self._layers = [_owner(name) for name, _ in named]
        self._parameters = [parameter for _, parameter in named]
        self._every = max(1, num_steps // SAMPLES_PER_EPOCH)
        self._squares: Tensor | None = None
        self._num_samples = 0

    def sample(self, step: int) -> None:
        """Note the gradients of this step (from 0), if it is one of those sampled."""
        if step % self._every:
            return
        gradients = [p.grad for p in self._parameters]
        norms = [torch.linalg.vector_norm(g) for g in gradients if g is not None]
        squares = torch.stack(norms).square_()
        self._squares = squares if self._squares is None else self._squares.add_(squares)
        self._num_samples += 1

    def norms(self) -> dict[str, float]:
        """Per layer, in the order of the network: the root mean square of its gradient's L2 norm.

        The norm of a layer is taken over its weights and biases together.
        """
        if self._squares is None:
            return {}
        sums: dict[str, float] = {}
        for layer, square in zip(self._layers, self._squares.tolist(), strict=True):
            sums[layer] = sums.get(layer, 0.0) + square
        return {layer: (total / self._num_samples) ** 0.5 for layer, total in sums.items()}


def layer_names(network: nn.Module) -> list[LayerName]:
    """The layers that have a gradient norm, in the order of the network."""
    modules = dict(network.named_modules())
    owners = dict.fromkeys(_owner(n) for n, one in network.named_parameters() if one.requires_grad)
    return [LayerName(owner, type(modules.get(owner, network)).__name__) for owner in owners]


def _owner(parameter: str) -> str:
    return parameter.rpartition(".")[0] or "network"
