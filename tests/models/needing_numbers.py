"""Networks of timm that need numbers to be built, which the device meta does not have."""

from typing import Any

import pytest
import torch
from torch import nn

from models._timm import creating


def need_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every network of timm one that cannot be built on meta, whatever the images."""
    create = creating.create

    def create_with_numbers(*given: Any) -> nn.Module:
        torch.linspace(0, 1, 3).tolist()
        return create(*given)

    monkeypatch.setattr(creating, "create", create_with_numbers)
