"""Shorten strides that are longer than the image, where oneDNN computes wrong gradients.

Deep in a network a small image has shrunk to one pixel. There a convolution of stride 2 computes the
same as one of stride 1, but oneDNN leaves some of the bfloat16 gradients of its weights unwritten:
they keep what the memory held before. docs/experiments.md lists the shapes. This is a correction;
it does not make training faster.
"""

import torch
from torch import Tensor, nn

from models import ImageShape

Stride = tuple[int, ...]


def fit_strides(network: nn.Module, image_shape: ImageShape) -> None:
    """Shorten every stride to the size of the layer's input, where the result stays the same.

    Runs one black image through the network. Convolutions that are no `nn.Conv2d` are left as they are.
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
        found[layer].add(_find_stride(layer, inputs[0], output))

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


def _find_stride(layer: nn.Conv2d, images: Tensor, output: Tensor) -> Stride:
    """The strides of the layer, shortened along axes where its output has one pixel and it never steps."""
    asked = layer.stride
    shorter = tuple(
        min(stride, size) if pixels == 1 else stride
        for stride, size, pixels in zip(asked, images.shape[2:], output.shape[2:], strict=True)
    )
    if shorter == asked:
        return asked
    layer.stride = shorter
    same = layer.forward(images).shape == output.shape
    layer.stride = asked
    return shorter if same else asked
