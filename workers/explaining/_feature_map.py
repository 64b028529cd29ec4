"""The last feature map of a network: what is left of the image's plane after its last convolution."""

from collections import Counter
from dataclasses import dataclass

from torch import Size, Tensor, nn

MIN_SIDE = 4  # positions; a coarser map says little about where
IMAGE_AXES, TOKEN_AXES = 4, 3  # (N, C, H, W) and (N, L, C)


@dataclass(frozen=True)
class FeatureMap:
    """The output (N, C, height, width) of a layer."""

    name: str  # of the layer
    layer: nn.Module
    height: int
    width: int


@dataclass(frozen=True)
class _Call:
    """A layer, or a group of layers, that has run."""

    name: str
    layer: nn.Module
    shape: Size

    @property
    def plane(self) -> Size:
        """Height and width of an output (N, C, H, W); nothing of any other."""
        return self.shape[2:] if len(self.shape) == IMAGE_AXES else Size()


def find_feature_map(network: nn.Module, image: Tensor) -> FeatureMap | None:
    """The last output of the size that the last convolution has: before any pooling that follows.

    What a convolution gives for a single position, as after global pooling, is no plane and does not
    count. None where there is no map of at least 4 × 4 positions, as in a fully connected network or
    for a small image, or where tokens (N, L, C) follow, as in a transformer, whose only convolution
    cuts the image into patches.
    """
    calls = _run(network, image)
    convolutions = [
        number
        for number, call in enumerate(calls)
        if isinstance(call.layer, nn.Conv2d) and call.plane.numel() > 1
    ]
    if not convolutions:
        return None
    rest = calls[convolutions[-1] :]
    plane = rest[0].plane
    if min(plane) < MIN_SIDE or any(len(call.shape) == TOKEN_AXES for call in rest):
        return None
    num_calls = Counter(id(call.layer) for call in calls)
    last = [call for call in rest if call.plane == plane and num_calls[id(call.layer)] == 1][-1]
    return FeatureMap(last.name, last.layer, *plane)


def _run(network: nn.Module, image: Tensor) -> list[_Call]:
    """Every call of a layer for an image, in the order in which they end."""
    calls: list[_Call] = []

    def note(name: str, layer: nn.Module, output: object) -> None:
        if isinstance(output, Tensor):
            calls.append(_Call(name, layer, output.shape))

    hooks = [
        layer.register_forward_hook(lambda layer, _, output, name=name: note(name, layer, output))
        for name, layer in network.named_modules()
    ]
    try:
        network(image)
    finally:
        for hook in hooks:
            hook.remove()
    return calls
