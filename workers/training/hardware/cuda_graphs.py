"""Record the work of a function on a GPU as a CUDA graph, and replay it with one launch.

A step of a small network is hundreds of short kernels, and the GPU waits for the processor that
launches them. A graph holds the kernels with their addresses in memory and runs them again on
whatever lies there. See pytorch.org/docs/stable/notes/cuda.html#cuda-graphs.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor

from models._out_of_memory import is_out_of_memory

WARM_UP_CALLS = 3  # in the first calls libraries choose their kernels and allocate their memory

Tensors = tuple[Tensor, ...]
Shapes = tuple[torch.Size, ...]

_capture_lock = Lock()  # a process may have one capture under way


def can_capture(device: torch.device) -> bool:
    """Whether the device can capture a CUDA graph."""
    return device.type == "cuda"


class Recorder:
    """Captures calls on a CUDA stream of its own."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)

    def warm_up(self, call: Callable[[], Tensors]) -> Tensors:
        """Make a call on the stream of the capture: some libraries keep their set-up per stream."""
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            outputs = call()
        current.wait_stream(self._stream)
        return outputs

    def record(self, call: Callable[[], Tensors]) -> tuple[Tensors, Callable[[], None]]:
        """Capture a call without running it; return the tensors of its outputs and its replay."""
        graph = torch.cuda.CUDAGraph()
        # The outer stream is restored even where ending a capture fails, which torch does not do.
        # thread_local: other threads of this process may use the device meanwhile.
        with (
            _capture_lock,
            torch.cuda.device(self._device),
            torch.cuda.stream(torch.cuda.current_stream(self._device)),
            torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"),
        ):
            outputs = call()
        return outputs, graph.replay


@dataclass(frozen=True)
class Recording:
    """A captured call. Its inputs and outputs keep their addresses."""

    inputs: Tensors
    outputs: Tensors
    gradients: list[Tensor | None]  # of the parameters
    replay: Callable[[], None]


class CapturedFunction:
    """A function of tensors on one CUDA device, captured once for each shape of its inputs.

    The function must do the same work for all inputs of a shape, and may change tensors in place.
    Gradients that it leaves at `parameters` are at them after a replay too. A function that reads a
    number back from the device cannot be captured: it causes one warning and is called as it is.
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
        """Return what the function returns: by a call for the first inputs of a shape, then by replay."""
        shapes = tuple(tensor.shape for tensor in inputs)
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
        kept = tuple(tensor.clone() for tensor in inputs)
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
            gradients = [parameter.grad for parameter in self._parameters]
            self._recordings[shapes] = Recording(kept, outputs, gradients, replay)

    def _replay(self, recording: Recording, inputs: Tensors) -> Tensors:
        for kept, tensor in zip(recording.inputs, inputs, strict=True):
            kept.copy_(tensor)
        recording.replay()
        if recording is not self._latest:
            for parameter, gradient in zip(self._parameters, recording.gradients, strict=True):
                parameter.grad = gradient
            self._latest = recording
        return tuple(output.clone() for output in recording.outputs)
