"""Where a training runs, and what has to be set there for it to run fast."""

import ctypes
import os
import platform
import sys
from pathlib import Path

import torch

from workers.errors import BakeoffError
from workers.training.hardware import products


class DeviceUnavailableError(BakeoffError):
    """The device asked for is not there."""


def resolve(name: str) -> torch.device:
    """The device called `name`: auto takes CUDA, then MPS, then the CPU."""
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind, is_there in present.items() if is_there))
    if not present.get(name, False):
        there = ", ".join(kind for kind, is_there in present.items() if is_there)
        raise DeviceUnavailableError(f"there is no device '{name}' here; there is: {there}")
    return torch.device(name)


def device_name(device: torch.device) -> str:
    """What the device is sold as."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{_processor_name()} ({device.type})"


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all it was given; only then may a clock stop."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def prepare(device: torch.device) -> None:
    """Set up this process for training on `device`. Results stay exact to float32 rounding."""
    if device.type == "cuda":
        _repeat_the_same_bits()
    if device.type == "cpu":
        _keep_freed_memory()
        products.use_onednn()


def _repeat_the_same_bits() -> None:
    # See docs.pytorch.org/docs/stable/notes/randomness.html. An operation that has no exact way
    # is still done, with a warning: a training that differs in its last bits is better than none.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    # It would be a kernel for each new tensor. torch's stubs do not know it.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.allow_tf32 = False  # 10 bits of 23, in convolutions, unless it is told


def _keep_freed_memory() -> None:
    # glibc gives activation buffers back to the kernel at every step and faults them in again:
    # a third of the time of a float32 CNN. See mallopt(3).
    if not sys.platform.startswith("linux") or platform.libc_ver()[0] != "glibc":
        return
    trim_threshold, top_pad, mmap_max = -1, -2, -4
    libc = ctypes.CDLL("libc.so.6")
    libc.mallopt(mmap_max, 0)
    libc.mallopt(trim_threshold, 2**31 - 1)
    libc.mallopt(top_pad, 64 * 1024 * 1024)


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
