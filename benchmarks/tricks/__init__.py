"""The tricks that make training fast, each with the plain way of torch that can take its place.

`python -m benchmarks.tricks` measures every trick by leaving it out. The plain way is put in its
place by `mock.patch` in the process that trains, so that the trainer needs no options for it.
workers/training/hardware/README.md says what each trick does and how to remove it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

import torch

from benchmarks.contenders import BATCH_SIZE
from workers.training import step
from workers.training.hardware import allocator, gradients, precision, products

Device = Literal["cpu", "cuda"]


@dataclass(frozen=True)
class Network:
    """A network that tricks are measured on."""

    architecture: str
    images: int  # of an epoch
    precision: Literal["auto", "float32"] = "auto"
    batch_size: int = BATCH_SIZE

    def __str__(self) -> str:
        precision = ", float32" if self.precision == "float32" else ""
        batch = "" if self.batch_size == BATCH_SIZE else f", batch {self.batch_size}"
        return self.architecture + precision + batch


SMALL = Network("fully_connected", 204_800)
DEEP = Network("deep_fully_connected", 6_400)
CNN = Network("cnn", 6_400)
CNN_FLOAT32 = Network("cnn", 3_200, "float32")
RESIDUAL = Network("residual_cnn", 3_200)
CNN_512 = Network("cnn", 6_144, "float32", batch_size=512)
RESIDUAL_512 = Network("residual_cnn", 3_072, "float32", batch_size=512)


@dataclass(frozen=True)
class Trick:
    """A trick, and how to train without it."""

    title: str
    plain: str  # what is measured in its place
    networks: tuple[Network, ...]
    left_out: Callable[[], AbstractContextManager[Any]]
    devices: tuple[Device, ...] = ("cpu", "cuda")


TRICKS = {
    "gradients": Trick(
        "written-out gradients",
        "autograd",
        (SMALL,),
        lambda: mock.patch.object(gradients, "is_dense", return_value=False),
    ),
    "bfloat16": Trick(
        "bfloat16",
        "float32",
        (DEEP, CNN, RESIDUAL),
        lambda: mock.patch.object(precision, "computes_in_bfloat16", return_value=False),
    ),
    "rounding": Trick(
        "bfloat16 in products alone, rounded by oneDNN",
        "autocast",
        (DEEP,),
        lambda: mock.patch.object(products, "can_round_to_bfloat16", return_value=False),
        devices=("cpu",),
    ),
    "allocator": Trick(
        "freed memory kept by glibc",
        "glibc's defaults",
        (CNN_FLOAT32, CNN_512, RESIDUAL_512),
        lambda: mock.patch.object(allocator, "keep_freed_memory", return_value=None),
        devices=("cpu",),
    ),
    "layout": Trick(
        "channels last",
        "channels first",
        (CNN, CNN_FLOAT32, RESIDUAL),
        lambda: mock.patch.object(step, "layout_of", return_value=torch.contiguous_format),
    ),
    "graphs": Trick(
        "a step captured as a CUDA graph",
        "kernels launched one by one",
        (SMALL, CNN, RESIDUAL),
        lambda: mock.patch.object(step, "can_capture", return_value=False),
        devices=("cuda",),
    ),
}


def not_measurable(name: str, device: torch.device) -> str | None:
    """Why a trick cannot be measured on this machine; None if it can."""
    if device.type not in TRICKS[name].devices:
        needed = {"cpu": "training on a CPU", "cuda": "a CUDA device"}
        return f"needs {needed[TRICKS[name].devices[0]]}"
    if name == "rounding" and not products.can_round_to_bfloat16():
        return "oneDNN does not round products on this processor"
    if name == "bfloat16" and not precision.computes_in_bfloat16(device):
        return "this device does not compute in bfloat16"
    return None
