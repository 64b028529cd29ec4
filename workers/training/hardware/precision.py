"""The number format in which a training computes.

`auto` chooses the faster format: docs/training-speed.md has both side by side.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from workers.training.hardware import products
from workers.training.hardware.layout import convolves

# In smaller layers bfloat16 costs more than faster products save: 784-80-80-10 ran at 0.7 times the
# speed of float32.
SMALLEST_LAYER_WORTH_ROUNDING = 256 * 256  # weights


@dataclass(frozen=True)
class Precision:
    """The format of the arithmetic; weights and optimizer state stay float32."""

    name: Literal["float32", "bfloat16"]
    reason: str
    products_only: bool = False  # the factors of matrix products are bfloat16, all else float32

    @property
    def rounds_activations(self) -> bool:
        """Whether the activations between layers are bfloat16."""
        return self.name != "float32" and not self.products_only

    def autocast(self, device: torch.device) -> AbstractContextManager[object]:
        """The context in which to run forward passes."""
        if not self.rounds_activations:
            return nullcontext()
        return torch.autocast(device.type, dtype=torch.bfloat16)

    def product_rounding(self) -> AbstractContextManager[object]:
        """The context in which to run forward and backward passes."""
        return products.rounded_to_bfloat16() if self.products_only else nullcontext()


def choose_precision(asked: str, network: nn.Module, device: torch.device) -> Precision:
    """The precision for a recipe's `precision`; "auto" depends on the device and the network."""
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
    """Whether the hardware multiplies bfloat16 numbers itself, without emulation."""
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
    # Autocast copies every weight and gradient to the other format. In a network of matrix products
    # that takes a quarter of a step. oneDNN, where it rounds, does so while it reads the factors.
    products_only = (
        device.type == "cpu" and not convolves(network) and products.can_round_to_bfloat16()
    )
    return Precision("bfloat16", reason, products_only)
