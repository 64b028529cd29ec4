"""In which number format a training computes.

What `auto` chooses is what was faster: docs/training-speed.md has both formats side by side.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from workers.training.hardware import products
from workers.training.hardware.layout import convolves

# Below this many weights bfloat16 costs more than faster products save (0.7× was measured on
# 784-80-80-10).
SMALLEST_LAYER_WORTH_ROUNDING = 256 * 256


@dataclass(frozen=True)
class Precision:
    """The format of the arithmetic; weights and optimizer state stay float32."""

    name: Literal["float32", "bfloat16"]
    reason: str
    products_only: bool = False  # bfloat16 for what enters a matrix product, float32 for the rest

    @property
    def rounds_activations(self) -> bool:
        """Whether layers hand each other another format than float32."""
        return self.name != "float32" and not self.products_only

    def autocast(self, device: torch.device) -> AbstractContextManager[object]:
        """The context to run forward passes in."""
        if not self.rounds_activations:
            return nullcontext()
        return torch.autocast(device.type, dtype=torch.bfloat16)

    def products(self) -> AbstractContextManager[object]:
        """The context to run forward and backward passes in."""
        return products.in_bfloat16() if self.products_only else nullcontext()


def choose(asked: str, network: nn.Module, device: torch.device) -> Precision:
    """The precision for a recipe's `precision`: as asked, or for auto what suits device and net."""
    if asked == "float32":
        return Precision("float32", "asked for")
    if asked == "bfloat16":
        return _bfloat16("asked for", network, device)
    if not computes_in_bfloat16(device):
        return Precision("float32", f"this {device.type} device does not compute in bfloat16")
    if not _has_work_for_bfloat16(network):
        return Precision("float32", "the layers are too small to gain from bfloat16")
    return _bfloat16(f"this {device.type} device is faster in bfloat16", network, device)


def computes_in_bfloat16(device: torch.device) -> bool:
    """Whether the hardware itself multiplies in bfloat16, not by emulation."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type == "cpu":
        supported = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        return any(getattr(torch.cpu, name, bool)() for name in supported)
    return False


def _has_work_for_bfloat16(network: nn.Module) -> bool:
    return any(
        isinstance(layer, nn.Conv2d)
        or (isinstance(layer, nn.Linear) and layer.weight.numel() > SMALLEST_LAYER_WORTH_ROUNDING)
        for layer in network.modules()
    )


def _bfloat16(reason: str, network: nn.Module, device: torch.device) -> Precision:
    # Autocast writes every weight and gradient once more, in the other format. For a network of
    # matrix products that is a quarter of a step, which oneDNN saves by rounding as it reads.
    products_only = device.type == "cpu" and computes_in_bfloat16(device) and not convolves(network)
    return Precision("bfloat16", reason, products_only)
