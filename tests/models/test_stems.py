"""Every architecture takes images of 8 to 512 pixels a side, at a cost that stays bounded."""

import inspect
from typing import Any, Literal, get_args, get_origin

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from models import ImageShape, architectures, fitting_options
from models._torchvision import import_torchvision
from workers.training.measuring.network_summary import count_flops, count_parameters

SIDES = (8, 28, 32, 64, 96, 224, 300, 512)
SHAPES = [ImageShape(3, side, side) for side in SIDES]
SHAPES += [ImageShape(1, 300, 200), ImageShape(3, 17, 300), ImageShape(1, 512, 8)]
OURS_FOR_SMALL_IMAGES = ("cnn", "residual_cnn", "deep_residual_cnn", "regularised_residual_cnn")

every_architecture = pytest.mark.parametrize("name", list(architectures))
sides = st.integers(8, 512)

#: Parameters for 10 classes in the version before the option `stem_stride`.
EARLIER = {
    ImageShape(1, 28, 28): {
        "cnn": 50_186,
        "deep_fully_connected": 1_725_194,
        "deep_residual_cnn": 307_402,
        "fully_connected": 70_090,
        "mobilenet_v3_small": 1_527_818,
        "regularised_residual_cnn": 308_074,
        "residual_cnn": 163_466,
        "resnet18": 11_172_810,
    },
    ImageShape(3, 64, 64): {
        "cnn": 183_242,
        "deep_fully_connected": 13_505_290,
        "deep_residual_cnn": 307_978,
        "fully_connected": 990_410,
        "mobilenet_v3_small": 1_528_106,
        "regularised_residual_cnn": 308_650,
        "residual_cnn": 296_522,
        "resnet18": 11_173_962,
    },
}


def strides_of(name: str) -> tuple[int, ...]:
    """The values of the option stem_stride that an architecture takes."""
    annotation = inspect.signature(architectures[name]).parameters["stem_stride"].annotation
    literal = get_args(annotation)[0]
    assert get_origin(literal) is Literal
    return get_args(literal)


def build(name: str, shape: ImageShape, num_classes: int = 10, **options: Any) -> nn.Module:
    """A network without weights, which can be counted and not trained; its stem fits the images."""
    fitting = fitting_options(architectures[name], shape)
    with torch.device("meta"):
        return architectures[name](shape, num_classes, **{**fitting, **options})


def square(side: int) -> ImageShape:
    return ImageShape(3, side, side)


def shapes_into(network: nn.Module, layer: str, shape: ImageShape) -> tuple[int, ...]:
    """The shape in which one image arrives at a layer."""
    seen: list[tuple[int, ...]] = []

    def note(_: nn.Module, inputs: tuple[Tensor]) -> None:
        seen.append(tuple(inputs[0].shape[1:]))

    network.get_submodule(layer).register_forward_pre_hook(note)
    network.eval()(torch.zeros(1, *shape, device="meta"))
    return seen[0]


@every_architecture
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_images_of_any_size_are_classified_and_every_parameter_learns(
    name: str, shape: ImageShape
) -> None:
    torch.manual_seed(0)
    options = fitting_options(architectures[name], shape)
    network = architectures[name](shape, 3, **options)

    logits = network(torch.rand(2, *shape))
    nn.functional.cross_entropy(logits, torch.arange(2)).backward()

    assert logits.shape == (2, 3)
    gradients = [parameter.grad for parameter in network.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)


@every_architecture
@pytest.mark.parametrize("side", [1, 8, 33])
def test_any_stem_takes_any_image(name: str, side: int) -> None:
    shape = ImageShape(1, side, side)
    for stem_stride in strides_of(name):
        network = architectures[name](shape, 3, stem_stride=stem_stride).eval()
        assert network(torch.rand(2, *shape)).shape == (2, 3)


@every_architecture
@settings(max_examples=8)
@given(height=sides, width=sides)
def test_the_cost_of_an_image_of_any_shape_is_bounded(name: str, height: int, width: int) -> None:
    shape = ImageShape(3, height, width)

    flops = count_flops(build(name, shape), shape)

    assert flops < (20e9 if name == "resnet18" else 1e9)


@pytest.mark.parametrize("name", [*OURS_FOR_SMALL_IMAGES, "fully_connected"])
@settings(max_examples=8)
@given(height=sides, width=sides)
def test_our_small_networks_stay_small(name: str, height: int, width: int) -> None:
    shape = ImageShape(3, height, width)
    network = build(name, shape)

    assert count_parameters(network) < 1_000_000
    assert count_flops(network, shape) < 400e6


@pytest.mark.parametrize("name", OURS_FOR_SMALL_IMAGES)
@settings(max_examples=8)
@given(side=st.integers(49, 768))
def test_behind_the_stem_a_large_image_has_the_size_of_a_small_one(name: str, side: int) -> None:
    first = "conv1" if name == "cnn" else "stem"
    _, height, width = shapes_into(build(name, square(side)), first, square(side))

    assert height == width
    assert 24 <= height <= 48


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        *[(1, 1), (28, 1), (48, 1), (49, 2), (64, 2), (96, 2), (97, 4), (128, 4), (192, 4)],
        *[(193, 8), (224, 8), (300, 8), (384, 8), (385, 16), (512, 16), (4096, 16)],
    ],
)
def test_the_stride_follows_the_image_as_far_as_the_architecture_goes(
    side: int, expected: int
) -> None:
    for name in architectures:
        chosen = fitting_options(architectures[name], square(side))
        assert chosen == {"stem_stride": min(expected, max(strides_of(name)))}


def test_an_oblong_image_has_the_stride_of_a_square_of_the_same_area() -> None:
    assert fitting_options(architectures["cnn"], ImageShape(1, 16, 144)) == {"stem_stride": 1}
    assert fitting_options(architectures["cnn"], ImageShape(1, 16, 145)) == {"stem_stride": 2}


def test_an_architecture_without_a_stem_of_its_own_has_no_options_that_follow_from_the_images() -> (
    None
):
    def plain(image_shape: ImageShape, num_classes: int) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(sum(image_shape), num_classes))

    assert fitting_options(plain, square(512)) == {}


@pytest.mark.parametrize("name", list(EARLIER[ImageShape(1, 28, 28)]))
@pytest.mark.parametrize("shape", list(EARLIER), ids=str)
def test_without_the_option_a_network_is_the_one_of_earlier_versions(
    name: str, shape: ImageShape
) -> None:
    with torch.device("meta"):
        network = architectures[name](shape, 10)

    assert count_parameters(network) == EARLIER[shape][name]
    assert "downsampling" not in dict(network.named_children())


@pytest.mark.parametrize(
    ("name", "side", "giga"),
    [("resnet18", 224, 1.8), ("resnet18", 32, 0.56), ("mobilenet_v3_small", 224, 0.056)],
)
def test_multiplications_are_those_that_were_published(name: str, side: int, giga: float) -> None:
    multiplications = count_flops(build(name, square(side), 1000), square(side)) / 2

    assert multiplications == pytest.approx(giga * 1e9, rel=0.1)


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_at_224_pixels_a_network_of_torchvision_is_the_published_one(name: str) -> None:
    import_torchvision()
    from torchvision import models as published

    theirs = getattr(published, name)(weights=None).state_dict()
    ours = build(name, square(224), 1000).state_dict()

    assert {key: tensor.shape for key, tensor in ours.items()} == {
        key: tensor.shape for key, tensor in theirs.items()
    }


def test_squares_of_pixels_are_averaged_and_the_last_ones_are_what_is_left() -> None:
    shape = ImageShape(1, 5, 4)
    network = architectures["fully_connected"](shape, 2, stem_stride=2)
    image = torch.arange(20.0).reshape(1, 1, 5, 4)

    averaged = network.get_submodule("pool")(image)

    assert averaged.tolist() == [[[[2.5, 4.5], [10.5, 12.5], [16.5, 18.5]]]]


@pytest.mark.parametrize("name", ["cnn", "deep_residual_cnn"])
def test_a_stem_without_batch_norm_keeps_the_strength_of_the_signal(name: str) -> None:
    torch.manual_seed(0)
    network = architectures[name](square(512), 10, stem_stride=16)

    behind = network.get_submodule("downsampling")(torch.randn(1, *square(512)))

    assert 0.3 < float(behind.detach().square().mean().sqrt()) < 3
