"""Max-pooling that keeps the shape of its input gives torch's bits, in less memory."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from workers.training.hardware.pooling import keep_shapes_of_pooled

CPU = torch.device("cpu")


def results(layer: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    images = images.detach().requires_grad_()
    pooled = layer(images)
    pooled.backward(torch.arange(pooled.numel(), dtype=pooled.dtype).reshape(pooled.shape))
    assert images.grad is not None
    return pooled.detach(), images.grad


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 4),
    stride=st.integers(1, 3),
    sides=st.tuples(st.integers(4, 9), st.integers(4, 9)),
    ceil_mode=st.booleans(),
    layout=st.sampled_from([torch.channels_last, torch.contiguous_format]),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_values_and_gradients_are_those_of_torch(
    *,
    size: int,
    stride: int,
    sides: tuple[int, int],
    ceil_mode: bool,
    layout: torch.memory_format,
    dtype: torch.dtype,
) -> None:
    # Few different values: equal ones in a window, whose gradient goes to the first.
    images = torch.randint(0, 3, (2, 3, *sides)).to(dtype).contiguous(memory_format=layout)
    layer = nn.MaxPool2d(size, stride, padding=size // 2, ceil_mode=ceil_mode)
    expected = results(layer, images)
    keep_shapes_of_pooled(layer, CPU)
    for value, wanted in zip(results(layer, images), expected, strict=True):
        assert value.stride() == wanted.stride()
        assert torch.equal(value, wanted)


@pytest.mark.parametrize("is_replaced", [True, False])
def test_the_input_is_given_up_after_the_forward_pass(*, is_replaced: bool) -> None:
    layer = nn.MaxPool2d(2)
    if is_replaced:
        keep_shapes_of_pooled(layer, CPU)
    kept: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        layer(torch.zeros(1, 1, 8, 8, requires_grad=True))
    assert any(tensor.shape[2] == 8 for tensor in kept) is not is_replaced
