"""The networks of timm: built with the options that they have, or refused with a reason."""

import inspect
from typing import Any

import pytest
import torch
from torch import nn

from models import Bounds, ImageShape, UnfitNetworkError, architectures
from models._timm.building import DROP_OPTIONS
from models._timm.pretrained_options import OPTIONS

RGB = ImageShape(3, 64, 64)
#: Of each family a small network, most of them from timm's own tests.
FAMILIES = [
    "test_resnet",
    "test_efficientnet",
    "mobilenetv3_small_050",
    "test_vit",
    "test_convnext",
    "test_byobnet",
    "regnetx_002",
    "densenet121",
    "levit_128s",
]
every_family = pytest.mark.parametrize("name", [f"timm/{name}" for name in FAMILIES])


def build(name: str, shape: ImageShape, num_classes: int = 7, **options: Any) -> nn.Module:
    torch.manual_seed(0)
    return architectures[name](shape, num_classes, **options)


@every_family
@pytest.mark.parametrize("channels", [1, 3])
def test_images_of_any_number_of_channels_become_one_logit_for_each_class(
    name: str, channels: int
) -> None:
    shape = RGB._replace(channels=channels)

    logits = build(name, shape)(torch.rand(2, *shape))

    assert logits.shape == (2, 7)
    assert torch.isfinite(logits).all()


@every_family
def test_a_step_of_training_lowers_the_loss(name: str) -> None:
    network = build(name, RGB)
    images, labels = torch.rand(4, *RGB), torch.arange(4)
    optimizer = torch.optim.SGD(network.parameters(), 0.01)
    before = nn.functional.cross_entropy(network(images), labels)
    before.backward()
    optimizer.step()

    assert nn.functional.cross_entropy(network(images), labels) < before


@every_family
def test_the_same_seed_builds_the_same_network(name: str) -> None:
    first, again = (build(name, RGB).state_dict() for _ in range(2))

    assert all(torch.equal(first[key], again[key]) for key in first)


@every_family
def test_every_option_is_described_and_off_by_default(name: str) -> None:
    function = architectures[name]
    options = list(inspect.signature(function).parameters.values())[2:]

    for option in options:
        assert option.kind is inspect.Parameter.KEYWORD_ONLY
        [bounds] = option.annotation.__metadata__
        assert isinstance(bounds, Bounds)
        if option.name in DROP_OPTIONS:
            assert option.default == 0.0
            assert (bounds.low, bounds.high) == (0, 0.9)
        else:  # networks had been stored before there were these
            assert option.default == OPTIONS[option.name][1]
            assert bounds.omitted_at_default


def test_an_option_changes_the_network() -> None:
    plain = build("timm/test_resnet", RGB)
    dropped = build("timm/test_resnet", RGB, drop_rate=0.5, drop_path_rate=0.25)
    images = torch.rand(8, *RGB)

    assert torch.equal(plain.train()(images), plain.train()(images))
    assert not torch.equal(dropped.train()(images), dropped.train()(images))


def test_a_network_has_only_the_options_that_change_it() -> None:
    with pytest.raises(UnfitNetworkError, match="drop_path_rate"):
        architectures["timm/densenet121"](RGB, 7, drop_path_rate=0.5)

    assert "drop_path_rate" not in inspect.signature(architectures["timm/densenet121"]).parameters


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("timm/inception_v3", ImageShape(3, 8, 8)),
        ("timm/test_vit", ImageShape(3, 4, 4)),
    ],
)
def test_images_that_a_network_does_not_take_are_named_with_the_reason(
    name: str, shape: ImageShape
) -> None:
    for device in ("cpu", "meta"):
        with pytest.raises(UnfitNetworkError) as refused, torch.device(device):
            architectures[name](shape, 10)

        sentence = str(refused.value)
        assert sentence.startswith(
            f"'{name}' does not take images of {shape.width} × {shape.height} pixels"
        )
        assert "\n" not in sentence


def test_lack_of_memory_is_not_said_of_the_images() -> None:
    more_than_there_is = ImageShape(3, 2**24, 2**24)  # position embeddings of 280 TB

    with pytest.raises(RuntimeError, match="DefaultCPUAllocator"):
        architectures["timm/test_vit"](more_than_there_is, 10)
