"""The device a training runs on, and how the process is set up for it."""

import os
import platform
from pathlib import Path

import torch

from workers.errors import BakeoffError
from workers.training.hardware import allocator


class DeviceUnavailableError(BakeoffError):
    """This machine does not have the device that was asked for."""


def resolve(name: str) -> torch.device:
    """The device called `name`; "auto" is CUDA where there is one, else MPS, else the CPU."""
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind, is_here in available.items() if is_here))
    if not available.get(name, False):
        there = ", ".join(kind for kind, is_here in available.items() if is_here)
        raise DeviceUnavailableError(f"there is no device '{name}' here; there is: {there}")
    return torch.device(name)


def device_name(device: torch.device) -> str:
    """The product name of the device."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{_processor_name()} ({device.type})"


def synchronize(device: torch.device) -> None:
    """Wait until the device has finished its work. Call it before a clock is read."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def prepare(device: torch.device) -> None:
    """Set up this process for training on `device`. Results stay exact to float32 rounding."""
    if device.type == "cuda":
        _use_deterministic_kernels()
    if device.type == "cpu":
        allocator.keep_freed_memory()


def _use_deterministic_kernels() -> None:
    # See docs.pytorch.org/docs/stable/notes/randomness.html. An operation that has no deterministic
    # kernel only warns: a training that differs in its last bits is better than none.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    # Filling would be one more kernel for each new tensor. torch's stubs do not know the switch.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.allow_tf32 = False  # by default convolutions keep 10 bits of 23


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
