"""Layers, stages, parameters and operations of a network."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from models import ImageShape

MAX_STAGES = 40


@dataclass(frozen=True)
class Layer:
    """One layer that contains no other layers."""

    name: str
    kind: str
    output_shape: tuple[int, ...]  # of one image; empty where the output is no tensor
    num_parameters: int


@dataclass(frozen=True)
class Stage:
    """A part of a network: a layer, or a module of several layers."""

    name: str
    kind: str
    output_shape: tuple[int, ...]  # of one image; empty where the output is no tensor
    num_parameters: int
    flops: int  # forward pass of one image
    num_layers: int  # layers that contain no others


@dataclass(frozen=True)
class ArchitectureSummary:
    """Size and cost of a network for one image shape."""

    num_parameters: int
    flops: int  # forward pass of one image; a multiply-add counts as two
    layers: list[Layer]  # in the order in which they run
    #: The same in at most MAX_STAGES rows: of a network with more layers the modules that contain them.
    stages: list[Stage]


def summarise(network: nn.Module, image_shape: ImageShape) -> ArchitectureSummary:
    """Count parameters, FLOPs, layers and stages of a network for images of `image_shape`."""
    layers: list[Layer] = []
    shapes: dict[str, tuple[int, ...]] = {}  # of all modules, in the order in which they begin
    hooks = [
        hook
        for name, module in network.named_modules()
        for hook in (
            module.register_forward_pre_hook(_record_beginning(name, shapes)),
            module.register_forward_hook(_record(name, count_parameters(module), layers, shapes)),
        )
    ]
    try:
        flops = _flops_by_module(network, image_shape)
    finally:
        for hook in hooks:
            hook.remove()
    stages = [
        Stage(
            name=name,
            kind=type(module).__name__,
            output_shape=shapes[name],
            num_parameters=count_parameters(module),
            flops=flops.get(name, 0),
            num_layers=sum(1 for inner in module.modules() if _is_layer(inner)),
        )
        for name, module in _choose_stages(network, shapes)
    ]
    return ArchitectureSummary(count_parameters(network), flops[""], layers, stages)


def library_versions(network: nn.Module) -> dict[str, str]:
    """The versions of the libraries, beside torch, that the layers of a network come from."""
    packages = {type(module).__module__.partition(".")[0] for module in network.modules()}
    return {library: version(library) for library in sorted(packages & {"timm", "torchvision"})}


def count_parameters(network: nn.Module) -> int:
    """The number of trainable parameters."""
    return sum(each.numel() for each in network.parameters() if each.requires_grad)


def count_flops(network: nn.Module, image_shape: tuple[int, ...]) -> int:
    """Floating-point operations of the forward pass of one image; a multiply-add counts as two."""
    return _flops_by_module(network, image_shape)[""]


def _flops_by_module(network: nn.Module, image_shape: tuple[int, ...]) -> dict[str, int]:
    """Name of a module → FLOPs of the forward pass of one image; "" is the whole network."""
    was_training = network.training
    device = next(network.parameters()).device
    counter = FlopCounterMode(display=False)
    network.eval()
    with _frozen(network), torch.inference_mode(), counter:
        network(torch.zeros(1, *image_shape, device=device))
    network.train(was_training)
    prefix = f"{type(network).__name__}."  # which the counter puts before every name
    by_module = {
        name.removeprefix(prefix): sum(operations.values())
        for name, operations in counter.get_flop_counts().items()
    }
    return {**by_module, "": counter.get_total_flops()}


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


def _choose_stages(network: nn.Module, shapes: Mapping[str, object]) -> list[tuple[str, nn.Module]]:
    """Name and module of each stage: from the whole network downwards, level by level, while they are few."""
    stages = [("", network)]
    while True:
        finer = [
            part
            for name, module in stages
            for part in (list(_parts(name, module, shapes)) or [(name, module)])
        ]
        if finer == stages or len(finer) > MAX_STAGES:
            return stages
        order = list(shapes)
        stages = sorted(finer, key=lambda stage: order.index(stage[0]))


def _parts(
    name: str, module: nn.Module, shapes: Mapping[str, object]
) -> Iterator[tuple[str, nn.Module]]:
    """The modules directly within one, of those that run and do something."""
    for child_name, child in module.named_children():
        full_name = f"{name}.{child_name}" if name else child_name
        if full_name not in shapes:  # such as a list of modules, which does not run itself
            yield from _parts(full_name, child, shapes)
        elif not isinstance(child, nn.Identity):
            yield full_name, child


def _is_layer(module: nn.Module) -> bool:
    return not list(module.children()) and not isinstance(module, nn.Identity)


def _record_beginning(name: str, shapes: dict[str, tuple[int, ...]]) -> Any:
    def hook(module: nn.Module, inputs: object) -> None:
        del module, inputs
        shapes.setdefault(name, ())

    return hook


def _record(
    name: str, num_parameters: int, layers: list[Layer], shapes: dict[str, tuple[int, ...]]
) -> Any:
    def hook(module: nn.Module, inputs: object, output: object) -> None:
        del inputs
        shapes[name] = tuple(output.shape[1:]) if isinstance(output, Tensor) else ()
        if _is_layer(module):
            kind = type(module).__name__
            layers.append(Layer(name, kind, shapes[name], num_parameters))

    return hook
