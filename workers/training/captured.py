"""Work on a GPU as one CUDA graph: one launch in place of the hundreds that a step is made of.

What small networks wait for on a GPU is the processor that launches their kernels. A graph keeps
the kernels and their places in memory, and does them again on whatever lies there by then. See
pytorch.org/docs/stable/notes/cuda.html#cuda-graphs.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor

WARM_UP_CALLS = 3  # libraries choose their kernels and take their memory in the first ones

Tensors = tuple[Tensor, ...]


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
        # thread_local: other threads of this process may go on with other work of the device.
        with (
            _one_at_a_time,
            torch.cuda.device(self._device),
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

    It must do the same for every input of a shape, must not ask the device for a number, and may
    change tensors in place. Gradients that it leaves at `parameters` are there after a replay too.
    """

    def __init__(
        self,
        function: Callable[..., Tensors],
        device: torch.device,
        parameters: Sequence[Tensor] = (),
    ) -> None:
        self._function, self._parameters = function, parameters
        self._recorder = Recorder(device)
        self._calls: Counter[tuple[torch.Size, ...]] = Counter()
        self._recordings: dict[tuple[torch.Size, ...], Recording] = {}
        self._latest: Recording | None = None

    def __call__(self, *inputs: Tensor) -> Tensors:
        """What the function returns: as it is in the first calls of a shape, replayed from then on."""
        shapes = tuple(one.shape for one in inputs)
        if self._calls[shapes] < WARM_UP_CALLS:
            self._calls[shapes] += 1
            self._latest = None
            return self._recorder.warm_up(lambda: self._function(*inputs))
        if shapes not in self._recordings:
            self._recordings[shapes] = self._record(inputs)
        return self._replay(self._recordings[shapes], inputs)

    def _record(self, inputs: Tensors) -> Recording:
        kept = tuple(one.clone() for one in inputs)
        outputs, replay = self._recorder.record(lambda: self._function(*kept))
        return Recording(kept, outputs, [one.grad for one in self._parameters], replay)

    def _replay(self, recording: Recording, inputs: Tensors) -> Tensors:
        for place, one in zip(recording.inputs, inputs, strict=True):
            place.copy_(one)
        recording.replay()
        if recording is not self._latest:
            for parameter, gradient in zip(self._parameters, recording.gradients, strict=True):
                parameter.grad = gradient
            self._latest = recording
        return tuple(one.clone() for one in recording.outputs)
