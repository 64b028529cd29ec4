"""The contract of every registered architecture: it works for any image shape and classes."""

import inspect
import typing
from typing import Any

import pytest
import torch
from torch import nn

from models import Bounds, ImageShape, architectures

SHAPES = [
    ImageShape(1, 28, 28),
    ImageShape(3, 32, 32),
    ImageShape(1, 8, 8),
    ImageShape(3, 17, 40),
]
MNIST, CIFAR = SHAPES[0], SHAPES[1]
every_architecture = pytest.mark.parametrize("name", list(architectures))


def build(name: str, shape: ImageShape, num_classes: int, **options: Any) -> nn.Module:
    torch.manual_seed(0)
    return architectures[name](shape, num_classes, **options)


def num_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@every_architecture
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("num_classes", [2, 10, 37])
def test_images_of_any_shape_become_one_logit_for_each_class(
    name: str, shape: ImageShape, num_classes: int
) -> None:
    network = build(name, shape, num_classes)

    logits = network(torch.rand(4, *shape))

    assert logits.shape == (4, num_classes)
    assert logits.dtype == torch.float32
    assert torch.isfinite(logits).all()


@every_architecture
def test_every_parameter_receives_a_gradient(name: str) -> None:
    network = build(name, MNIST, 10)

    nn.functional.cross_entropy(network(torch.rand(8, *MNIST)), torch.arange(8)).backward()

    without = [
        name
        for name, parameter in network.named_parameters()
        if parameter.grad is None or not parameter.grad.any()
    ]
    assert without == []


@every_architecture
def test_the_same_seed_builds_the_same_network(name: str) -> None:
    first, again = (build(name, MNIST, 10).state_dict() for _ in range(2))

    assert all(torch.equal(first[key], again[key]) for key in first)


@every_architecture
def test_in_evaluation_an_image_is_classified_independently_of_the_others(name: str) -> None:
    network = build(name, MNIST, 10).eval()
    images = torch.rand(6, *MNIST)

    with torch.inference_mode():
        together = network(images)
        alone = torch.cat([network(image) for image in images.split(1)])

    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


@every_architecture
def test_memory_format_changes_nothing(name: str) -> None:
    network = build(name, MNIST, 10).eval()
    images = torch.rand(4, *MNIST)

    with torch.inference_mode():
        before = network(images)
        network = network.to(memory_format=torch.channels_last)
        after = network(images.contiguous(memory_format=torch.channels_last))

    torch.testing.assert_close(before, after, rtol=1e-4, atol=1e-5)


@every_architecture
def test_every_option_has_a_default_a_type_and_a_meaning(name: str) -> None:
    function = architectures[name]
    hints = typing.get_type_hints(function, include_extras=True)
    options = list(inspect.signature(function).parameters.values())[2:]

    for option in options:
        assert option.kind is inspect.Parameter.KEYWORD_ONLY
        assert option.default is not inspect.Parameter.empty
        bounds = [
            part for part in typing.get_args(hints[option.name])[1:] if isinstance(part, Bounds)
        ]
        assert [each.description for each in bounds] != []


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("fully_connected", MNIST, 70_090),
        ("cnn", MNIST, 50_186),
        ("residual_cnn", MNIST, 163_466),
        ("deep_fully_connected", CIFAR, 4_068_106),
    ],
)
def test_the_networks_of_the_assignment_have_its_parameter_counts(
    name: str, shape: ImageShape, expected: int
) -> None:
    assert num_parameters(build(name, shape, 10)) == expected


def test_options_change_the_network() -> None:
    assert num_parameters(build("fully_connected", MNIST, 10, widths=(16,))) == 785 * 16 + 170
    assert num_parameters(build("fully_connected", MNIST, 10, widths=())) == 7850
    with_dropout = build("cnn", MNIST, 10, dropout=0.5)
    assert any(isinstance(layer, nn.Dropout) for layer in with_dropout.modules())


def test_a_stem_for_small_images_keeps_their_resolution() -> None:
    network = build("resnet18", CIFAR, 10)
    shapes = []
    network.get_submodule("layer1").register_forward_hook(
        lambda _, __, output: shapes.append(tuple(output.shape[2:]))
    )

    network(torch.rand(1, *CIFAR))

    assert shapes == [(32, 32)]
