"""The device of a training, and the number format in which it computes."""

import pytest
import torch

from models import ImageShape
from workers.training.hardware import device
from workers.training.hardware.device import DeviceUnavailableError
from workers.training.hardware.precision import choose_precision
from workers.training.trainer import build

CPU = torch.device("cpu")


def test_precision_follows_the_recipe_then_the_device_then_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = build("fully_connected", {}, ImageShape(1, 28, 28), 10, seed=0)
    convolutional = build("cnn", {}, ImageShape(1, 28, 28), 10, seed=0)

    assert choose_precision("bfloat16", small, CPU).name == "bfloat16"
    assert choose_precision("float32", convolutional, CPU).name == "float32"
    monkeypatch.setattr("workers.training.hardware.precision.computes_in_bfloat16", lambda _: False)
    assert choose_precision("auto", convolutional, CPU).name == "float32"
    monkeypatch.setattr("workers.training.hardware.precision.computes_in_bfloat16", lambda _: True)
    assert choose_precision("auto", convolutional, CPU).name == "bfloat16"
    assert choose_precision("auto", small, CPU).name == "float32"


def test_a_device_that_is_not_there_is_refused_with_those_that_are() -> None:
    missing = "mps" if not torch.backends.mps.is_available() else "cuda"

    with pytest.raises(DeviceUnavailableError, match=r"there is: .*cpu"):
        device.resolve(missing)


def test_preparing_the_processor_keeps_products_exact() -> None:
    left, right = torch.rand(128, 128), torch.rand(128, 128)
    device.prepare(CPU)

    exact = left.double() @ right.double()

    assert float(((left @ right).double() / exact - 1).abs().max()) < 1e-5
