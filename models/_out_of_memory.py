"""Whether torch ran out of memory, which it tells as one of many errors of one class."""

import torch


def is_out_of_memory(error: Exception) -> bool:
    """Whether torch could not allocate memory; on the CPU only the message of the error says so."""
    return isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(error)
