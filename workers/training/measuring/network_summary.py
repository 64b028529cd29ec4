"""Layers, parameters and operations of a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from models import ImageShape


@dataclass(frozen=True)
class Layer:
    """One layer that contains no other layers."""

    name: str
    kind: str
    output_shape: tuple[int, ...]  # of one image; empty where the output is no tensor
    num_parameters: int


@dataclass(frozen=True)
class ArchitectureSummary:
    """Size and cost of a network for one image shape."""

    num_parameters: int
    flops: int  # forward pass of one image; a multiply-add counts as two
    layers: list[Layer]  # in the order in which they run


def summarise(network: nn.Module, image_shape: ImageShape) -> ArchitectureSummary:
    """Count parameters, FLOPs and layers of a network for images of `image_shape`."""
    layers: list[Layer] = []
    hooks = [
        module.register_forward_hook(_record(name, count_parameters(module), layers))
        for name, module in network.named_modules()
        if not list(module.children())
    ]
    try:
        flops = count_flops(network, image_shape)
    finally:
        for hook in hooks:
            hook.remove()
    return ArchitectureSummary(count_parameters(network), flops, layers)


def count_parameters(network: nn.Module) -> int:
    """The number of trainable parameters."""
    return sum(each.numel() for each in network.parameters() if each.requires_grad)


def count_flops(network: nn.Module, image_shape: tuple[int, ...]) -> int:
    """Floating-point operations of the forward pass of one image; a multiply-add counts as two."""
    was_training = network.training
    device = next(network.parameters()).device
    counter = FlopCounterMode(display=False)
    network.eval()
    with _frozen(network), torch.inference_mode(), counter:
        network(torch.zeros(1, *image_shape, device=device))
    network.train(was_training)
    return counter.get_total_flops()


@contextmanager
def _frozen(network: nn.Module) -> Iterator[None]:
    """Without gradients: torch's counter fails where a layer gets a parameter as its input, as in CaiT."""
    trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
    for parameter in trainable:
        parameter.requires_grad = False
    try:
        yield
    finally:
        for parameter in trainable:
            parameter.requires_grad = True


def _record(name: str, num_parameters: int, layers: list[Layer]) -> Any:
    def hook(module: nn.Module, inputs: object, output: object) -> None:
        del inputs
        if not isinstance(module, nn.Identity):
            kind = type(module).__name__
            shape = tuple(output.shape[1:]) if isinstance(output, Tensor) else ()
            layers.append(Layer(name, kind, shape, num_parameters))

    return hook
