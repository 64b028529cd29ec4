"""Strides longer than the image they stride over, where a gradient goes wrong.

Deep in a network a small image has shrunk to one pixel. A convolution of stride 2 does there what one
of stride 1 does, but oneDNN leaves some of its weights' bfloat16 gradients unwritten: they are
whatever the memory held before. docs/experiments.md has the shapes.
"""

import torch
from torch import Tensor, nn

from models import ImageShape

Stride = tuple[int, ...]


def fit_strides(network: nn.Module, image_shape: ImageShape) -> None:
    """Shorten strides to the image that a layer is given, where it does the same by that.

    Runs one black image through the network. What it convolves without an `nn.Conv2d` stays as it is.
    """
    strided = [
        layer
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d) and max(layer.stride) > 1
    ]
    if not strided:
        return
    found: dict[nn.Conv2d, set[Stride]] = {layer: set() for layer in strided}

    def note(layer: nn.Conv2d, inputs: tuple[Tensor], output: Tensor) -> None:
        found[layer].add(_fitting(layer, inputs[0], output))

    hooks = [layer.register_forward_hook(note) for layer in strided]
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            network(strided[0].weight.new_zeros(1, *image_shape))
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was_training)
    for layer in strided:
        if len(found[layer]) == 1:  # used once, or on images of one size
            (layer.stride,) = found[layer]


def _fitting(layer: nn.Conv2d, images: Tensor, output: Tensor) -> Stride:
    """The layer's strides, shortened along an axis on which it computes one place and so never steps."""
    asked = layer.stride
    shorter = tuple(
        min(stride, size) if places == 1 else stride
        for stride, size, places in zip(asked, images.shape[2:], output.shape[2:], strict=True)
    )
    if shorter == asked:
        return asked
    layer.stride = shorter
    same = layer.forward(images).shape == output.shape
    layer.stride = asked
    return shorter if same else asked
