"""The name of the device, asked of a child that may not answer."""

import multiprocessing
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from tests.waiting import until
from workers.running import device_names
from workers.running.device_names import DeviceName


def _die(setting: str, told: Any) -> None:
    del setting, told
    raise SystemExit(9)


def test_a_child_that_dies_leaves_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_names, "_tell", _die)
    context: ForkServerContext = multiprocessing.get_context("forkserver")

    name = DeviceName(context, "auto")

    until(name._answer.poll)
    assert [str(name), str(name)] == ["auto", "auto"]


def test_a_device_that_is_not_there_leaves_the_setting() -> None:
    context: ForkServerContext = multiprocessing.get_context("forkserver")

    name = DeviceName(context, "a device that nobody has")

    until(name._answer.poll)
    assert str(name) == "a device that nobody has"
