"""Every trick of the trainer can be left out, and the README of the tricks knows each of them."""

from pathlib import Path

import pytest
import torch

from benchmarks.contenders import noise
from benchmarks.tricks import TRICKS, not_measurable
from benchmarks.tricks.without import seconds
from workers.training import hardware
from workers.training.hardware import device as devices

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _torch_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # The switches of prepare() hold for the whole process, and other tests run in it.
    monkeypatch.setattr(devices, "prepare", lambda _: None)
    monkeypatch.setattr(devices, "resolve", lambda _: CPU)


@pytest.mark.parametrize("name", list(TRICKS))
def test_a_network_trains_without_the_trick(name: str) -> None:
    network = TRICKS[name].networks[0]

    assert seconds(name, noise(network.architecture, 128), network.precision) > 0


def test_every_trick_is_in_the_readme_with_its_command() -> None:
    readme = (Path(hardware.__file__).parent / "README.md").read_text()

    assert [name for name in TRICKS if f"TRICK={name}`" not in readme] == []


def test_a_trick_of_another_device_is_not_measured() -> None:
    assert not_measurable("graphs", CPU) == "needs a CUDA device"
    assert not_measurable("allocator", torch.device("cuda")) == "needs training on a CPU"
    assert not_measurable("gradients", CPU) is None
