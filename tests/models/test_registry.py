import subprocess
import sys

import pytest

from models import Registry, UnknownNameError


def make_registry() -> Registry:
    registry = Registry("fruit", "models.empty")
    registry._discovered = True

    @registry.register
    def banana() -> None:
        """Yellow."""

    @registry.register
    def apple() -> None:
        """Red.

        Or green.
        """

    return registry


def test_entries_are_sorted_and_described_by_their_docstring() -> None:
    registry = make_registry()

    assert list(registry) == ["apple", "banana"]
    assert registry.description("apple") == "Red.\n\nOr green."
    assert "banana" in registry


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown fruit 'aple'; did you mean 'apple'\?"):
        make_registry()["aple"]


def test_a_name_like_no_other_lists_what_is_known() -> None:
    with pytest.raises(UnknownNameError, match="known are: apple, banana"):
        make_registry()["x"]


def test_a_name_is_taken_once() -> None:
    registry = make_registry()

    def apple() -> None:
        """Another."""

    with pytest.raises(ValueError, match="registered twice"):
        registry.register(apple)


def test_an_entry_without_a_description_is_refused() -> None:
    def plum() -> None: ...

    with pytest.raises(ValueError, match="docstring"):
        make_registry().register(plum)


def test_training_imports_with_torch_alone() -> None:
    """A bare GPU machine has torch and numpy; whatever else these modules need, they may not."""
    forbidden = "fastapi sqlalchemy pydantic matplotlib torchvision torchmetrics PIL fsspec httpx"
    script = f"""
import importlib, pkgutil, sys
for name in {forbidden.split()!r}:
    sys.modules[name] = None
import models, workers.training
for package in (models, workers.training):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
assert len(models.architectures) >= 8
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
