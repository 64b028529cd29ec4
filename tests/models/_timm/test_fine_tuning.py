"""A pretrained backbone says at which rate each of its layers is trained, and may keep its batch norm."""

from typing import Any

import pytest
import torch
from torch import nn

from models import Backbone, ImageShape, architectures, needs_weights
from models._timm.fine_tuning import NoLayersError, batch_norms, rate_factors

SHAPE = ImageShape(3, 32, 32)
FAMILIES = ["test_resnet", "test_efficientnet", "test_convnext", "test_byobnet", "levit_128s"]


def backbone(name: str = "test_resnet", **options: Any) -> Backbone:
    made = architectures[f"timm/{name}"](SHAPE, 10, **{"pretrained": True, **options})
    assert isinstance(made, Backbone)
    return made


@pytest.mark.parametrize("name", FAMILIES)
def test_the_body_has_the_rate_of_the_backbone_and_the_head_its_own(name: str) -> None:
    made = backbone(name, backbone_rate=0.25, resolution=224)

    body = {name for name, _ in made.named_parameters() if name.startswith("body.")}
    assert made.rate_factors == dict.fromkeys(body, 0.25)
    assert len(body) < len(list(made.parameters()))


@pytest.mark.parametrize("name", FAMILIES)
def test_each_layer_has_its_share_of_the_rate_of_the_layer_after_it(name: str) -> None:
    factors = backbone(name, backbone_rate=0.2, layer_decay=0.5, resolution=224).rate_factors

    steps = sorted(set(factors.values()), reverse=True)
    assert steps == pytest.approx([0.2 * 0.5**layer for layer in range(len(steps))])
    assert len(steps) > 3
    # From the stem on no layer is slower than one before it.
    assert next(iter(factors.values())) == steps[-1]


def test_three_tenths_of_the_rate_are_the_default_and_only_of_pretrained_weights() -> None:
    assert set(backbone().rate_factors.values()) == {0.3}
    assert backbone(pretrained=False, resolution=64).rate_factors == {}


def test_a_network_without_layers_takes_no_decay_of_its_rate() -> None:
    with pytest.raises(NoLayersError):
        rate_factors(nn.Linear(2, 2), 0.1, 0.5)
    assert set(rate_factors(nn.Linear(2, 2), 0.1, 1)) == {"weight", "bias"}


@pytest.mark.parametrize("name", ["test_resnet", "test_efficientnet"])
@pytest.mark.parametrize("kind", ["frozen", "moving"])
def test_frozen_batch_norm_keeps_its_statistics_while_its_scale_is_trained(
    name: str, kind: str
) -> None:
    made = backbone(name, batch_norm_statistics=kind).train()
    norms = list(batch_norms(made.body))
    before = [norm.running_mean.clone() for norm in norms]

    made(torch.rand(4, *SHAPE)).sum().backward()

    after = [norm.running_mean for norm in norms]
    assert len(norms) > 3
    assert [torch.equal(*pair) for pair in zip(before, after, strict=True)] == [
        kind == "frozen" for _ in norms
    ]
    assert all(norm.weight.grad is not None for norm in norms)
    assert made.training
    assert made.head.training


def test_what_only_fine_tuning_has_is_told_apart() -> None:
    assert needs_weights({"backbone_rate": 0.5}) == "backbone_rate"
    assert needs_weights({"backbone_rate": 0.5, "pretrained": True}) is None
