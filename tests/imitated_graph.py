"""A CUDA graph as a processor can imitate one, for machines without a GPU.

It notes every operation on tensors and does them again on the same memory, as a graph does: what a
function decides in Python, or reads from elsewhere, stays as it was. What a capture forbids is an error.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from workers.training import trainer
from workers.training.hardware import captured, precision
from workers.training.hardware.captured import Tensors

#: A number for Python is a wait for the device; a tensor made of numbers is copied from the host.
FORBIDDEN = {"aten::_local_scalar_dense", "aten::lift_fresh", "aten::nonzero", "aten::is_nonzero"}


class ForbiddenWhileCapturingError(RuntimeError):
    """A GPU could not have captured this."""


class Watch(TorchDispatchMode):
    """Lets everything pass. Watched, autograd adds up some gradients in another order."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        return func(*args, **(kwargs or {}))


class Notes(Watch):
    """Keeps what is done, to do it again."""

    def __init__(self) -> None:
        super().__init__()
        self._done: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], Any]] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func._schema.name in FORBIDDEN or kwargs.get("generator") is not None:
            raise ForbiddenWhileCapturingError(func._schema.name)
        answer = super().__torch_dispatch__(func, types, args, kwargs)
        self._done.append((func, args, kwargs, answer))
        return answer

    def repeat(self) -> None:
        with torch._C._AutoDispatchBelowAutograd():  # what was noted is below it too
            for func, args, kwargs, answer in self._done:
                places, again = tree_leaves(answer), tree_leaves(func(*args, **kwargs))
                for place, one in zip(places, again, strict=True):
                    if isinstance(place, Tensor) and place.data_ptr() != one.data_ptr():
                        place.copy_(one)


class ImitatedRecorder:
    """A recorder whose notes are of the processor."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def warm_up(self, call: Callable[[], Tensors]) -> Tensors:
        with Watch():
            return call()

    def record(self, call: Callable[[], Tensors]) -> tuple[Tensors, Callable[[], None]]:
        notes = Notes()
        with notes:
            outputs = call()
        again = iter([False])  # noting did it already, which a capture does not

        def replay() -> None:
            if next(again, True):
                notes.repeat()

        return outputs, replay


def imitate(patch: pytest.MonkeyPatch) -> None:
    """Let the processor capture, by imitation; and round by autocast alone, as a GPU does."""
    patch.setattr(captured, "Recorder", ImitatedRecorder)
    patch.setattr(trainer, "captures", lambda device: device.type == "cpu")
    patch.setattr(precision, "convolves", lambda network: network is not None)
