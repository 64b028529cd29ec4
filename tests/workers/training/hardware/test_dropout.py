"""Dropout: what it silences, what it leaves alone."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workers.training.hardware.dropout import Dropout


@given(
    p=st.floats(0.0, 0.9),
    shape=st.lists(st.integers(0, 7), min_size=1, max_size=3),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_a_feature_is_silenced_or_scaled_and_its_gradient_with_it(
    p: float, shape: list[int], dtype: torch.dtype
) -> None:
    x = torch.ones(shape, dtype=dtype, requires_grad=True)

    y = Dropout(p)(x)
    y.sum().backward()

    scaled = torch.tensor(1 / (1 - p)).to(dtype)
    assert ((y == 0) | torch.isclose(y, scaled, rtol=1e-2)).all()
    assert x.grad is not None
    assert torch.equal(x.grad, y)


@pytest.mark.parametrize("p", [0.25, 0.3, 0.5, 0.9])
def test_the_share_silenced_is_p_and_the_mean_stays(p: float) -> None:
    torch.manual_seed(0)
    x = torch.ones(1000, 1000)

    y = Dropout(p)(x)

    deviation = (p * (1 - p) / x.numel()) ** 0.5
    assert float((y == 0).float().mean()) == pytest.approx(p, abs=5 * deviation)
    assert float(y.mean()) == pytest.approx(1, abs=5 * deviation / (1 - p))


def test_neighbouring_features_are_silenced_independently() -> None:
    torch.manual_seed(0)

    silenced = (Dropout(0.5)(torch.ones(100_000, 8)) == 0).float()

    correlation = torch.corrcoef(silenced.T) - torch.eye(8)
    assert float(correlation.abs().max()) < 0.02


def test_the_seed_decides_what_is_silenced() -> None:
    x = torch.ones(128, 33)

    torch.manual_seed(1)
    first, second = Dropout(0.5)(x), Dropout(0.5)(x)
    torch.manual_seed(1)

    assert torch.equal(Dropout(0.5)(x), first)
    assert not torch.equal(first, second)


def test_in_evaluation_everything_stays_as_it_is() -> None:
    x = torch.rand(8, 5)

    assert torch.equal(Dropout(0.5).eval()(x), x)
