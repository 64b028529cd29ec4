"""How much memory a training has used.

By `resource`: psutil does not know the peak on Linux and macOS, and training imports only torch.
"""

import resource
import sys

import torch

KIBIBYTE = 1024


def peak_memory_bytes() -> int:
    """Peak resident memory of this process or of a child it has waited for; see getrusage(2).

    Memory that a forked process shares with its parent is included.
    """
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return peak if sys.platform == "darwin" else peak * KIBIBYTE


def peak_device_memory_bytes(device: torch.device) -> int | None:
    """Peak memory of tensors on a CUDA device; None on other devices."""
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None


def free_cached(device: torch.device) -> None:
    """Return memory that torch caches to the device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
