"""Everything needed to resume a training bit for bit, as safetensors: data, never code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

FORMAT = "bakeoff checkpoint 3"


class CheckpointError(ValueError):
    """The bytes are no complete checkpoint of this version."""


@dataclass(frozen=True)
class Checkpoint:
    """The state after an epoch. Random numbers are a function of (seed, epoch) and need no state."""

    epoch: int  # the last one completed, from 1
    best_epoch: int  # lowest validation loss so far
    best_loss: float
    train_seconds: float  # over all epochs so far, training alone
    network: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]  # Optimizer.tensors()
    dataset: str = ""  # content and split trained on; "" in those of versions up to 0.1
    best_network: Mapping[str, Tensor] = field(default_factory=dict)  # with early stopping only
    averaged: Mapping[str, Tensor] = field(default_factory=dict)  # with `ema_decay` only

    def to_bytes(self) -> bytes:
        """The checkpoint as one safetensors file."""
        from safetensors.torch import save

        groups = {
            "network": self.network,
            "optimizer": self.optimizer,
            "best_network": self.best_network,
            "averaged": self.averaged,
        }
        tensors = {
            f"{group}/{name}": tensor.detach().cpu().contiguous()
            for group, members in groups.items()
            for name, tensor in members.items()
        }
        numbers = {
            "format": FORMAT,
            "epoch": self.epoch,
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
            "train_seconds": self.train_seconds,
            "dataset": self.dataset,
        }
        # One entry: safetensors writes several in random order, and equal checkpoints must be equal bytes.
        return save(tensors, {"numbers": json.dumps(numbers)})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Checkpoint":
        """Read what to_bytes() wrote; CheckpointError if the file is torn or another one."""
        from safetensors import SafetensorError
        from safetensors.torch import load

        try:
            tensors = load(content)
            length = int.from_bytes(content[:8], "little")
            metadata = json.loads(content[8 : 8 + length])["__metadata__"]
            numbers = json.loads(metadata["numbers"])
            if numbers.get("format") != FORMAT:
                raise CheckpointError("written by another version")
        except (SafetensorError, ValueError, KeyError) as error:
            raise CheckpointError(f"not a whole checkpoint: {error}") from None
        groups: dict[str, dict[str, Tensor]] = {
            group: {} for group in ("network", "optimizer", "best_network", "averaged")
        }
        for name, tensor in tensors.items():
            group, _, member = name.partition("/")
            groups[group][member] = tensor
        return cls(
            epoch=numbers["epoch"],
            best_epoch=numbers["best_epoch"],
            best_loss=numbers["best_loss"],
            train_seconds=numbers["train_seconds"],
            network=groups["network"],
            optimizer=groups["optimizer"],
            dataset=numbers.get("dataset", ""),
            best_network=groups["best_network"],
            averaged=groups["averaged"],
        )
