"""The time of a network's products and convolutions alone: a lower bound of a training step.

`python -m benchmarks.layer_speed ARCHITECTURE` prints, as JSON, the seconds that they take for the
forward and backward pass of one batch, each in the faster of float32 and bfloat16.
"""

import json
import sys

import torch
from torch import Tensor, nn
from torch.utils.benchmark import Timer

from benchmarks.contenders import BATCH_SIZE, NUM_CLASSES, SHAPES
from models import ImageShape
from workers.training.hardware import device as devices
from workers.training.hardware.layout import layout_of
from workers.training.trainer import build

REPEATS = 30  # of each layer; the fastest counts


def seconds(architecture: str) -> float:
    """The seconds of all layers together."""
    device = devices.resolve("auto")
    devices.prepare(device)
    shape = ImageShape(*SHAPES[architecture])
    network = build(architecture, {}, shape, NUM_CLASSES, seed=0)
    layout = layout_of(network)
    # torch's annotation lacks memory_format, which its documentation has.
    network = network.to(device, memory_format=layout)  # type: ignore[call-overload]
    images = torch.rand(BATCH_SIZE, *shape, device=device).contiguous(memory_format=layout)
    return sum(
        min(_seconds(layer, inputs, dtype) for dtype in (torch.float32, torch.bfloat16))
        for layer, inputs in _layers(network, images)
    )


def _layers(network: nn.Module, images: Tensor) -> list[tuple[nn.Module, Tensor]]:
    """Products and convolutions with their inputs. The first layer needs no gradient of its input."""
    found: list[tuple[nn.Module, Tensor]] = []

    def record(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        found.append((layer, inputs[0].detach().clone().requires_grad_(bool(found))))

    hooks = [
        layer.register_forward_pre_hook(record)
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ]
    with torch.no_grad():
        network(images)
    for hook in hooks:
        hook.remove()
    return found


def _seconds(layer: nn.Module, inputs: Tensor, dtype: torch.dtype) -> float:
    """The seconds of the fastest forward and backward pass."""
    weights = [each.detach().to(dtype).requires_grad_() for each in layer.parameters()]
    named = dict(zip((name for name, _ in layer.named_parameters()), weights, strict=True))
    cast = inputs.detach().to(dtype).requires_grad_(inputs.requires_grad)
    wanted = [cast, *weights] if cast.requires_grad else weights

    def call() -> Tensor:
        outputs: Tensor = torch.func.functional_call(layer, named, (cast,))
        return outputs

    direction = torch.ones_like(call())
    clock = Timer(
        "torch.autograd.grad(call(), wanted, direction)",
        globals={"torch": torch, "call": call, "wanted": wanted, "direction": direction},
        num_threads=torch.get_num_threads(),
    )
    clock.timeit(3)
    return min(clock.timeit(1).mean for _ in range(REPEATS))


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"seconds": seconds(sys.argv[1])}) + "\n")
