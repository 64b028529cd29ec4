"""What a training records as its precision is what it computes in, on every kind of processor."""

import pytest
import torch
from torch import Tensor, nn

from models import ImageShape
from workers.training.hardware import precision, products
from workers.training.hardware.precision import Precision, choose_precision
from workers.training.trainer import build

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 8, 8)
BFLOAT16_ERROR = 1e-4  # at least, relative to the largest logit; float32 is off by 1e-6

needs_onednn = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this build of torch has no oneDNN"
)


def deep() -> nn.Module:
    return build("deep_fully_connected", {"dropout": (0.0, 0.0, 0.0)}, SHAPE, 10, seed=0)


def forward(chosen: Precision, network: nn.Module, images: Tensor) -> Tensor:
    with torch.inference_mode(), chosen.product_rounding(), chosen.autocast(CPU):
        logits: Tensor = network(images)
    return logits


def relative_error(chosen: Precision, network: nn.Module) -> float:
    images = torch.rand(64, *SHAPE, generator=torch.Generator().manual_seed(0))
    found = forward(chosen, network, images).double()
    exact = network.double()(images.double()).detach()
    return float((found - exact).abs().max() / exact.abs().max())


@pytest.mark.parametrize("asked", ["auto", "float32", "bfloat16"])
@pytest.mark.parametrize("name", ["deep_fully_connected", "fully_connected", "cnn"])
def test_the_recorded_precision_is_the_one_that_is_computed_in(name: str, asked: str) -> None:
    network = build(name, {}, SHAPE, 10, seed=0).eval()
    chosen = choose_precision(asked, network, CPU)

    rounds = relative_error(chosen, network) > BFLOAT16_ERROR

    assert rounds == (chosen.name == "bfloat16"), chosen


@needs_onednn
def test_within_the_context_products_are_rounded_if_the_processor_can() -> None:
    left, right = torch.rand(2, 300, 300, generator=torch.Generator().manual_seed(1))
    exact = left.double() @ right.double()

    with products.rounded_to_bfloat16():
        error = float(((left @ right).double() / exact - 1).abs().max())

    rounded = left.bfloat16().double() @ right.bfloat16().double()
    bfloat16_error = float((rounded / exact - 1).abs().max())
    wanted = bfloat16_error if products.can_round_to_bfloat16() else 0.0
    assert error == pytest.approx(wanted, rel=0.05, abs=products.FLOAT32_ERROR)


@needs_onednn
def test_products_are_exact_again_when_the_context_ends() -> None:
    left, right = torch.rand(2, 256, 256)
    exact = left.double() @ right.double()

    with pytest.raises(KeyError), products.rounded_to_bfloat16():
        raise KeyError

    error = float(((left @ right).double() / exact - 1).abs().max())
    assert error < products.FLOAT32_ERROR


def test_a_processor_that_rounds_products_does_so_in_networks_without_convolutions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(precision, "computes_in_bfloat16", lambda _: True)
    monkeypatch.setattr(products, "can_round_to_bfloat16", lambda: True)

    assert choose_precision("auto", deep(), CPU).products_only
    assert not choose_precision("auto", build("cnn", {}, SHAPE, 10, seed=0), CPU).products_only


@pytest.mark.parametrize("computes_in_bfloat16", [True, False])
def test_a_processor_that_does_not_round_products_uses_autocast(
    monkeypatch: pytest.MonkeyPatch, *, computes_in_bfloat16: bool
) -> None:
    monkeypatch.setattr(precision, "computes_in_bfloat16", lambda _: computes_in_bfloat16)
    monkeypatch.setattr(products, "can_round_to_bfloat16", lambda: False)

    chosen = choose_precision("bfloat16", deep(), CPU)

    assert forward(chosen, deep(), torch.rand(4, *SHAPE)).dtype == torch.bfloat16
    auto = "bfloat16" if computes_in_bfloat16 else "float32"
    assert choose_precision("auto", deep(), CPU).name == auto


def test_without_onednn_no_product_is_rounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(products, "_switch", None)
    products.can_round_to_bfloat16.cache_clear()
    try:
        assert not products.can_round_to_bfloat16()
    finally:
        products.can_round_to_bfloat16.cache_clear()
