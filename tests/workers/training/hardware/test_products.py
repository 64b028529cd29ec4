"""Matrix products in bfloat16 where that is asked for, and nowhere else."""

import pytest
import torch

from models import ImageShape
from workers.training.hardware import products
from workers.training.hardware.precision import choose, computes_in_bfloat16
from workers.training.trainer import build

CPU = torch.device("cpu")
LEFT, RIGHT = torch.rand(256, 256), torch.rand(256, 256)
EXACT = LEFT.double() @ RIGHT.double()


def relative_error() -> float:
    return float(((LEFT @ RIGHT).double() / EXACT - 1).abs().max())


def test_products_are_exact_again_when_the_context_ends() -> None:
    with pytest.raises(KeyError), products.in_bfloat16():
        raise KeyError

    assert relative_error() < products.FLOAT32_ERROR


@pytest.mark.skipif(not computes_in_bfloat16(CPU), reason="the processor has no bfloat16")
def test_within_the_context_what_enters_a_product_is_rounded_to_bfloat16() -> None:
    with products.in_bfloat16():
        error = relative_error()

    assert 1e-4 < error < 2**-8


def test_only_networks_without_convolutions_round_at_their_products(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.training.hardware.precision.computes_in_bfloat16", lambda _: True)
    deep, cnn = (
        build(name, {}, ImageShape(1, 8, 8), 10, seed=0) for name in ("deep_fully_connected", "cnn")
    )

    assert choose("auto", deep, CPU).products_only
    assert not choose("auto", cnn, CPU).products_only


def test_a_processor_without_bfloat16_obeys_who_asks_for_it_by_autocast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.training.hardware.precision.computes_in_bfloat16", lambda _: False)
    network = build("deep_fully_connected", {}, ImageShape(1, 8, 8), 10, seed=0)
    precision = choose("bfloat16", network, CPU)

    with precision.products(), precision.autocast(CPU):
        logits = network(torch.rand(4, 1, 8, 8))

    assert logits.dtype == torch.bfloat16
