"""Work on a GPU as one CUDA graph: one launch in place of the hundreds that a step is made of.

What small networks wait for on a GPU is the processor that launches their kernels. A graph keeps
the kernels and their places in memory, and does them again on whatever lies there by then. See
pytorch.org/docs/stable/notes/cuda.html#cuda-graphs.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor

from workers.training.errors import is_out_of_memory

WARM_UP_CALLS = 3  # libraries choose their kernels and take their memory in the first ones

Tensors = tuple[Tensor, ...]
Shapes = tuple[torch.Size, ...]


_one_at_a_time = Lock()  # so many captures a process may have under way


def captures(device: torch.device) -> bool:
    """Whether a device can."""
    return device.type == "cuda"


class Recorder:
    """Notes what is launched on a CUDA stream of its own."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)

    def warm_up(self, call: Callable[[], Tensors]) -> Tensors:
        """Make a call where it will be recorded: some libraries keep what they set up per stream."""
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            outputs = call()
        current.wait_stream(self._stream)
        return outputs

    def record(self, call: Callable[[], Tensors]) -> tuple[Tensors, Callable[[], None]]:
        """Note what a call would do, without doing it: where its outputs will lie, and how to do it."""
        graph = torch.cuda.CUDAGraph()
        # The outer stream is put back even where ending a capture fails, which torch leaves undone.
        # thread_local: other threads of this process may go on with other work of the device.
        with (
            _one_at_a_time,
            torch.cuda.device(self._device),
            torch.cuda.stream(torch.cuda.current_stream(self._device)),
            torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"),
        ):
            outputs = call()
        return outputs, graph.replay


@dataclass(frozen=True)
class Recording:
    """What a function did once: its inputs and outputs stay where they were."""

    inputs: Tensors
    outputs: Tensors
    gradients: list[Tensor | None]  # of the parameters
    replay: Callable[[], None]


class Captured:
    """A function of tensors on one CUDA device, captured once for each shape of its inputs.

    It must do the same for every input of a shape, and may change tensors in place. Gradients that it
    leaves at `parameters` are there after a replay too. One that asks the device for a number cannot
    be captured: it warns so once, and is called as it is.
    """

    def __init__(
        self,
        function: Callable[..., Tensors],
        device: torch.device,
        parameters: Sequence[Tensor] = (),
    ) -> None:
        self._function, self._parameters = function, parameters
        self._recorder = Recorder(device)
        self._calls: Counter[Shapes] = Counter()
        self._recordings: dict[Shapes, Recording] = {}
        self._is_capturable = True
        self._latest: Recording | None = None

    def __call__(self, *inputs: Tensor) -> Tensors:
        """What the function returns: as it is in the first calls of a shape, replayed from then on."""
        shapes = tuple(one.shape for one in inputs)
        if self._calls[shapes] == WARM_UP_CALLS and self._is_capturable:
            self._record(shapes, inputs)
        self._calls[shapes] += 1
        if shapes in self._recordings:
            return self._replay(self._recordings[shapes], inputs)
        self._latest = None
        if not self._is_capturable:
            return self._function(*inputs)
        return self._recorder.warm_up(lambda: self._function(*inputs))

    def _record(self, shapes: Shapes, inputs: Tensors) -> None:
        kept = tuple(one.clone() for one in inputs)
        try:
            outputs, replay = self._recorder.record(lambda: self._function(*kept))
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            self._is_capturable = False
            warnings.warn(
                f"launched kernel by kernel, since it cannot be captured: {error}", stacklevel=2
            )
        else:
            gradients = [one.grad for one in self._parameters]
            self._recordings[shapes] = Recording(kept, outputs, gradients, replay)

    def _replay(self, recording: Recording, inputs: Tensors) -> Tensors:
        for place, one in zip(recording.inputs, inputs, strict=True):
            place.copy_(one)
        recording.replay()
        if recording is not self._latest:
            for parameter, gradient in zip(self._parameters, recording.gradients, strict=True):
                parameter.grad = gradient
            self._latest = recording
        return tuple(one.clone() for one in recording.outputs)
