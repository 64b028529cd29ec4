"""How much memory a training has taken."""

import resource
import sys

import torch

KIBIBYTE = 1024


def peak_memory_bytes() -> int:
    """Most memory that this process, or a child it has waited for, held at once; see getrusage(2).

    Resident, so what a forked process shares with its parent counts as its own.
    """
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return peak if sys.platform == "darwin" else peak * KIBIBYTE


def peak_device_memory_bytes(device: torch.device) -> int | None:
    """Most memory that tensors held on a CUDA device at once; None on others."""
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None


def free_cached(device: torch.device) -> None:
    """Give back what torch keeps of the device's memory for later."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
