"""An imitation of CUDA graphs on the CPU, for tests on machines without a GPU.

It records every operation on tensors and repeats it on the same memory, as a graph does: what a
function decides in Python, or reads from elsewhere, stays as it was in the recording. What a capture
forbids is an error.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from workers.training import step
from workers.training.hardware import cuda_graphs, products
from workers.training.hardware.cuda_graphs import Tensors

#: Reading a number waits for the device; a tensor made of Python numbers is copied from the host.
FORBIDDEN = {"aten::_local_scalar_dense", "aten::lift_fresh", "aten::nonzero", "aten::is_nonzero"}


class ForbiddenWhileCapturingError(RuntimeError):
    """A GPU could not capture this operation."""


class Watch(TorchDispatchMode):
    """Passes every operation on. Below a dispatch mode autograd adds up some gradients in another order."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        return func(*args, **(kwargs or {}))


class Recording(Watch):
    """Records every operation, to repeat it."""

    def __init__(self) -> None:
        super().__init__()
        self._operations: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], Any]] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func._schema.name in FORBIDDEN or kwargs.get("generator") is not None:
            raise ForbiddenWhileCapturingError(func._schema.name)
        outputs = super().__torch_dispatch__(func, types, args, kwargs)
        self._operations.append((func, args, kwargs, outputs))
        return outputs

    def repeat(self) -> None:
        with torch._C._AutoDispatchBelowAutograd():  # the operations were recorded below it too
            for func, args, kwargs, outputs in self._operations:
                before, after = tree_leaves(outputs), tree_leaves(func(*args, **kwargs))
                for old, new in zip(before, after, strict=True):
                    if isinstance(old, Tensor) and old.data_ptr() != new.data_ptr():
                        old.copy_(new)


class ImitatedRecorder:
    """Takes the place of `cuda_graphs.Recorder`."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def warm_up(self, call: Callable[[], Tensors]) -> Tensors:
        with Watch():
            return call()

    def record(self, call: Callable[[], Tensors]) -> tuple[Tensors, Callable[[], None]]:
        recording = Recording()
        with recording:
            outputs = call()
        is_first = iter(
            [True]
        )  # recording has run the operations once; a capture does not run them

        def replay() -> None:
            if not next(is_first, False):
                recording.repeat()

        return outputs, replay


def imitate(patch: pytest.MonkeyPatch) -> None:
    """Let the CPU capture, by imitation, and round by autocast alone, as a GPU does."""
    patch.setattr(cuda_graphs, "Recorder", ImitatedRecorder)
    patch.setattr(step, "can_capture", lambda device: device.type == "cpu")
    patch.setattr(products, "can_round_to_bfloat16", lambda: False)
