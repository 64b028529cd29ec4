"""A stride longer than its image is shortened: the layer does the same, and its gradient is right."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from models import ImageShape, architectures
from tests.workers.training.trainings import CPU, assert_same_bits
from workers.datasets.image_dataset import ImageDataset
from workers.training.hardware.strides import fit_strides
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build

SIZES = st.integers(1, 6)


def fill_free_memory_with_nan() -> None:
    """Make memory that a kernel leaves unwritten visible."""
    for size in (16, 256, 2400, 24_000, 65_536, 300_000):
        torch.full((size,), float("nan"))


@given(
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    dilation=st.integers(1, 2),
    size=st.tuples(SIZES, SIZES),
)
def test_a_convolution_gives_the_same_with_its_stride_shortened(
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: int,
    size: tuple[int, int],
) -> None:
    reach = [dilation * (width - 1) + 1 for width in kernel]
    assume(all(n + 2 * p >= r for n, p, r in zip(size, padding, reach, strict=True)))
    layer = nn.Conv2d(2, 4, kernel, stride, padding, dilation).double()
    images = torch.rand(3, 2, *size, dtype=torch.float64)
    before = layer(images)

    fit_strides(layer, ImageShape(2, *size))

    assert layer(images).shape == before.shape
    assert torch.allclose(layer(images), before)
    if all(2 * p < r for p, r in zip(padding, reach, strict=True)):  # none fits beside the image
        assert all(stride <= n for stride, n in zip(layer.stride, size, strict=True))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("groups", [1, 16, 64])
@pytest.mark.parametrize(("kernel", "stride", "size"), [(3, 2, 1), (5, 2, 1), (3, 3, 2), (7, 3, 2)])
def test_the_bfloat16_gradient_of_a_shrunken_image_is_right(
    layout: torch.memory_format, groups: int, kernel: int, stride: int, size: int
) -> None:
    layer = nn.Conv2d(64, 64, kernel, stride, kernel // 2, groups=groups, bias=False)
    images = torch.rand(7, 64, size, size).to(torch.bfloat16).to(memory_format=layout)
    exact = torch.autograd.grad(
        functional.conv2d(
            images.double(),
            layer.weight.double(),
            None,
            stride,
            kernel // 2,
            groups=groups,
        ).sum(),
        layer.weight,
    )[0]
    layer = layer.to(memory_format=layout)  # type: ignore[call-overload]

    fit_strides(layer, ImageShape(64, size, size))

    for _ in range(4):
        fill_free_memory_with_nan()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            total = layer(images).sum()
        (found,) = torch.autograd.grad(total, layer.weight)
        torch.testing.assert_close(found, exact, rtol=0.02, atol=0.02)


def test_a_layer_used_on_images_of_two_sizes_keeps_its_stride() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.halve = nn.Conv2d(1, 1, 3, stride=2, padding=1)

        def forward(self, images: Tensor) -> Tensor:
            return self.halve(self.halve(images))

    network = Twice()

    fit_strides(network, ImageShape(1, 2, 2))

    assert network.halve.stride == (2, 2)


@pytest.mark.parametrize("architecture", architectures)
def test_a_training_strides_no_further_than_its_images_reach(
    few_digits: ImageDataset, architecture: str
) -> None:
    network = build(architecture, {}, few_digits.image_shape, 10, seed=3)
    trainer = Trainer(network, few_digits, Recipe(), seed=3, device=CPU)
    too_long = []

    def note(layer: nn.Conv2d, inputs: tuple[Tensor]) -> None:
        if any(
            stride > size for stride, size in zip(layer.stride, inputs[0].shape[2:], strict=True)
        ):
            too_long.append(layer)

    for layer in trainer.network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_pre_hook(note)

    trainer.network(torch.rand(2, *few_digits.image_shape))

    assert not too_long


def test_looking_for_strides_leaves_the_network_as_it_was(few_digits: ImageDataset) -> None:
    network = build("mobilenet_v3_small", {}, few_digits.image_shape, 10, seed=3)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    fit_strides(network, few_digits.image_shape)

    assert_same_bits(network.state_dict(), before)
    assert all(layer.training for layer in network.modules())
    assert not any(layer._forward_hooks for layer in network.modules())
