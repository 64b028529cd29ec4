"""Dropout with 16 random bits zeroes the right share of features, in the networks that use it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from models import ImageShape, architectures
from workers.training.hardware.dropout import SixteenBitDropout, use_16_bit_dropout
from workers.training.trainer import build


@given(
    p=st.floats(0.0, 0.9),
    shape=st.lists(st.integers(0, 7), min_size=1, max_size=3),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_a_feature_and_its_gradient_are_zero_or_scaled(
    p: float, shape: list[int], dtype: torch.dtype
) -> None:
    x = torch.ones(shape, dtype=dtype, requires_grad=True)

    y = SixteenBitDropout(p)(x)
    y.sum().backward()

    scaled = torch.tensor(1 / (1 - p)).to(dtype)
    assert ((y == 0) | torch.isclose(y, scaled, rtol=1e-2)).all()
    assert x.grad is not None
    assert torch.equal(x.grad, y)


@pytest.mark.parametrize("p", [0.25, 0.3, 0.5, 0.9])
def test_a_share_p_is_zero_and_the_mean_stays(p: float) -> None:
    torch.manual_seed(0)
    x = torch.ones(1000, 1000)

    y = SixteenBitDropout(p)(x)

    deviation = (p * (1 - p) / x.numel()) ** 0.5
    assert float((y == 0).float().mean()) == pytest.approx(p, abs=5 * deviation)
    assert float(y.mean()) == pytest.approx(1, abs=5 * deviation / (1 - p))


def test_neighbouring_features_are_independent() -> None:
    torch.manual_seed(0)

    silenced = (SixteenBitDropout(0.5)(torch.ones(100_000, 8)) == 0).float()

    correlation = torch.corrcoef(silenced.T) - torch.eye(8)
    assert float(correlation.abs().max()) < 0.02


def test_the_seed_decides_which_features_are_zero() -> None:
    x = torch.ones(128, 33)

    torch.manual_seed(1)
    first, second = SixteenBitDropout(0.5)(x), SixteenBitDropout(0.5)(x)
    torch.manual_seed(1)

    assert torch.equal(SixteenBitDropout(0.5)(x), first)
    assert not torch.equal(first, second)


def test_in_evaluation_nothing_changes() -> None:
    x = torch.rand(8, 5)

    assert torch.equal(SixteenBitDropout(0.5).eval()(x), x)


@pytest.mark.parametrize("architecture", list(architectures))
def test_a_network_has_16_bit_dropout_wherever_it_does_not_work_in_place(architecture: str) -> None:
    network = build(architecture, {}, ImageShape(1, 8, 8), 10, seed=0)
    before = {n: m for n, m in network.named_modules() if isinstance(m, nn.Dropout)}
    names = list(network.state_dict())

    use_16_bit_dropout(network)

    after = dict(network.named_modules())
    for name, layer in before.items():
        kept = architecture == "mobilenet_v3_small"  # torchvision's dropout works in place
        assert type(after[name]) is (nn.Dropout if kept else SixteenBitDropout)
        assert after[name].p == layer.p
    assert list(network.state_dict()) == names
