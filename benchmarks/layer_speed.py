"""How fast this machine can be with a network's shapes: its products and convolutions, each alone.

`python -m benchmarks.layer_speed ARCHITECTURE` prints, as JSON, the seconds that these take for the
forward and backward pass of one batch, each in the faster of float32 and bfloat16, at its best.
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

TIMES = 30  # that each is done; the fastest counts


def seconds(architecture: str) -> float:
    """Of all layers together."""
    device = devices.resolve("auto")
    devices.prepare(device)
    shape = ImageShape(*SHAPES[architecture])
    network = build(architecture, {}, shape, NUM_CLASSES, seed=0)
    layout = layout_of(network)
    # torch's annotation lacks memory_format, which its documentation has.
    network = network.to(device, memory_format=layout)  # type: ignore[call-overload]
    images = torch.rand(BATCH_SIZE, *shape, device=device).contiguous(memory_format=layout)
    return sum(
        min(_seconds(layer, taken, dtype) for dtype in (torch.float32, torch.bfloat16))
        for layer, taken in _layers(network, images)
    )


def _layers(network: nn.Module, images: Tensor) -> list[tuple[nn.Module, Tensor]]:
    """What multiplies, and what it is given; the first needs no gradient of that."""
    found: list[tuple[nn.Module, Tensor]] = []

    def note(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        needed = inputs[0].detach().clone().requires_grad_(bool(found))
        found.append((layer, needed))

    hooks = [
        layer.register_forward_pre_hook(note)
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ]
    with torch.no_grad():
        network(images)
    for hook in hooks:
        hook.remove()
    return found


def _seconds(layer: nn.Module, taken: Tensor, dtype: torch.dtype) -> float:
    """The least seconds of one forward and backward pass."""
    weights = [one.detach().to(dtype).requires_grad_() for one in layer.parameters()]
    named = dict(zip((name for name, _ in layer.named_parameters()), weights, strict=True))
    given = taken.detach().to(dtype).requires_grad_(taken.requires_grad)
    wanted = [given, *weights] if given.requires_grad else weights

    def call() -> Tensor:
        answer: Tensor = torch.func.functional_call(layer, named, (given,))
        return answer

    direction = torch.ones_like(call())
    clock = Timer(
        "torch.autograd.grad(call(), wanted, direction)",
        globals={"torch": torch, "call": call, "wanted": wanted, "direction": direction},
        num_threads=torch.get_num_threads(),
    )
    clock.timeit(3)
    return min(clock.timeit(1).mean for _ in range(TIMES))


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"seconds": seconds(sys.argv[1])}) + "\n")
