"""A network is built on the device meta where that can tell anything, and else not judged."""

from typing import Any

import pytest
import torch
from torch import nn

from models import ImageShape, UnfitNetworkError, architectures
from models._timm import creating
from tests.models.needing_numbers import need_numbers

TIMM = "timm/test_resnet"
SHAPE = ImageShape(3, 32, 32)


@pytest.mark.parametrize("name", ["cnn", TIMM])
def test_it_has_shapes_and_no_numbers(name: str) -> None:
    network = architectures.build_on_meta(name, SHAPE, 10, {})

    assert network is not None
    assert {parameter.device.type for parameter in network.parameters()} == {"meta"}


def test_images_that_the_network_does_not_take_are_refused() -> None:
    with pytest.raises(UnfitNetworkError, match="does not take images of 8 × 8 pixels"):
        architectures.build_on_meta("timm/inception_v3", ImageShape(3, 8, 8), 10, {})


@pytest.mark.parametrize("shape", [SHAPE, ImageShape(1, 8, 8)])
@pytest.mark.parametrize("options", [{}, {"pretrained": True, "resolution": 96}])
def test_a_network_that_needs_numbers_is_not_judged(
    monkeypatch: pytest.MonkeyPatch, shape: ImageShape, options: dict[str, Any]
) -> None:
    need_numbers(monkeypatch)

    assert architectures.build_on_meta(TIMM, shape, 10, options) is None
    assert architectures[TIMM](SHAPE, 10, **options)(torch.rand(2, *SHAPE)).shape == (2, 10)


def test_lack_of_memory_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(*_: Any) -> nn.Module:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(creating, "create", exhaust)

    assert architectures.build_on_meta(TIMM, SHAPE, 10, {}) is None
