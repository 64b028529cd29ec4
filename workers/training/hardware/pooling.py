"""Max-pooling that keeps the shape of its input for the backward pass, not the input.

torch keeps the whole input, of which the backward kernel reads the shape alone: where the largest
values lie is kept besides. In a small network on large images that input is the largest tensor.
"""

from typing import Any

import torch
from torch import Tensor, nn

aten = torch.ops.aten

# The kernel of MPS does read the input.
DEVICES = ("cpu", "cuda")


def keep_shapes_of_pooled(network: nn.Module, device: torch.device) -> None:
    """Have every `nn.MaxPool2d` of the network keep the shape of its input alone; the bits are the same."""
    if device.type not in DEVICES:
        return
    for layer in network.modules():
        if type(layer) is nn.MaxPool2d and not layer.return_indices:
            layer.__class__ = LeanMaxPool2d


class LeanMaxPool2d(nn.MaxPool2d):
    """`nn.MaxPool2d` without the input among what it keeps for the backward pass."""

    def forward(self, images: Tensor) -> Tensor:
        """From (N, C, H, W) to (N, C, H', W')."""
        if not torch.is_grad_enabled():
            output: Tensor = super().forward(images)
            return output
        # `window`: the arguments of the kernel, in its order.
        window = (self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)
        pooled: Tensor = _MaxPool.apply(images, window)  # type: ignore[no-untyped-call]
        return pooled


class _MaxPool(torch.autograd.Function):
    """The kernels that `torch.nn.functional.max_pool2d` calls."""

    @staticmethod
    def forward(context: Any, images: Tensor, window: tuple[Any, ...]) -> Tensor:
        pooled: Tensor
        pooled, positions = aten.max_pool2d_with_indices(images, *window)
        context.save_for_backward(positions)
        context.window, context.shape = window, images.shape
        context.strides = images.stride()
        return pooled

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (positions,) = context.saved_tensors
        # The kernel reads the shape of its second argument, so the result can stand for the input.
        result = gradient.new_empty_strided(context.shape, context.strides)
        aten.max_pool2d_with_indices_backward.grad_input(
            gradient, result, *context.window, positions, grad_input=result
        )
        return result, None
