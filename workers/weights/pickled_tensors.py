"""Reads the tensors of an old .pth by torch's reader that can build tensors and nothing else."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from workers.datasets.errors import SourceError


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a file that torch.save wrote from a state dict, in its order; SourceError.

    The file is a pickle. torch's own unpickler for weights knows tensors, their storages and plain
    containers; where anything else is named it refuses, and it runs nothing.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)  # noqa: TID251 - see above
    except (pickle.UnpicklingError, RuntimeError, ValueError, LookupError, EOFError):
        raise SourceError("its .pth is damaged, or holds more than tensors") from None
    if not isinstance(found, Mapping) or not all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in found.items()
    ):
        raise SourceError("its .pth is no state dict")
    # Copies: tensors that share memory, or lie scattered in it, cannot be written as safetensors.
    return {
        name: tensor.detach().clone(memory_format=torch.contiguous_format)
        for name, tensor in found.items()
    }
