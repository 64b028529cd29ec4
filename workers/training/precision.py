"""In which number format a training computes."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

# Below this many weights the casts of autocast cost more than faster products save (0.94× was
# measured on 784-80-80-10).
SMALLEST_LAYER_WORTH_CASTING = 256 * 256


@dataclass(frozen=True)
class Precision:
    """The format of the arithmetic; weights and optimizer state stay float32."""

    name: Literal["float32", "bfloat16"]
    reason: str

    def autocast(self, device: torch.device) -> AbstractContextManager[object]:
        """The context to run forward passes in."""
        if self.name == "float32":
            return nullcontext()
        return torch.autocast(device.type, dtype=torch.bfloat16)


def choose(asked: str, network: nn.Module, device: torch.device) -> Precision:
    """The precision for a recipe's `precision`: as asked, or for auto what suits device and net."""
    if asked == "float32":
        return Precision("float32", "asked for")
    if asked == "bfloat16":
        return Precision("bfloat16", "asked for")
    if not computes_in_bfloat16(device):
        return Precision("float32", f"this {device.type} device does not compute in bfloat16")
    if not _has_work_for_bfloat16(network):
        return Precision("float32", "the layers are too small to gain from bfloat16")
    return Precision("bfloat16", f"this {device.type} device computes in bfloat16")


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
        or (isinstance(layer, nn.Linear) and layer.weight.numel() > SMALLEST_LAYER_WORTH_CASTING)
        for layer in network.modules()
    )
