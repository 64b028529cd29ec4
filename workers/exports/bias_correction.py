"""The biases of convolutions, corrected for what their weights add on average once they are rounded.

Each weight of a channel rounds to a side of its own, and behind a ReLU inputs are positive, so that the
rounding errors of a channel do not cancel out: its mean moves, and all that follows moves with it. The
mean of that shift over some images is subtracted from the bias. Nagel et al. 2019, Data-Free Quantization
Through Weight Equalization and Bias Correction, section 4.2, https://arxiv.org/abs/1906.04721.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.engines import Images
from workers.engines.onnx_runtime import open_session
from workers.processors import num_processors

LEVELS = 64  # of a weight of seven bits, on each side of zero

Floats = NDArray[np.floating[Any]]


def correct_biases(model: Any, batches: Iterable[Images]) -> None:
    """Change the biases of an ONNX model's convolutions for weights of seven bits, on images of its input.

    Each node gets a bias of its own. Convolutions whose weights are no constants stay as they are.
    """
    from onnx import numpy_helper

    constants = {constant.name: constant for constant in model.graph.initializer}
    nodes = [
        node for node in model.graph.node if node.op_type == "Conv" and node.input[1] in constants
    ]
    if not nodes:
        return
    shifts = _mean_shifts(model, nodes, constants, batches)
    for node, shift in zip(nodes, shifts, strict=True):
        bias = numpy_helper.to_array(constants[node.input[2]]) if len(node.input) > 2 else 0  # noqa: PLR2004
        name = f"{node.output[0]}_corrected_bias"
        corrected = (bias - shift).astype(np.float32)
        model.graph.initializer.append(numpy_helper.from_array(corrected, name))
        node.input[2:] = [name]
    # ONNX Runtime would warn of each bias that nothing takes any more.
    taken = {name for node in model.graph.node for name in node.input}
    for name in constants.keys() - taken:
        model.graph.initializer.remove(constants[name])


def rounded(weight: Floats) -> Floats:
    """A weight (C, …) as its seven bits give it back, with a scale for each output channel."""
    largest = np.abs(weight).max(axis=tuple(range(1, weight.ndim)), keepdims=True)
    scale = np.where(largest > 0, largest / LEVELS, 1)
    values: Floats = np.round(weight / scale) * scale
    return values


def _mean_shifts(
    model: Any, nodes: Sequence[Any], constants: dict[str, Any], batches: Iterable[Images]
) -> list[Floats]:
    """What rounding adds to the output of each node: a mean (C,) over images and places."""
    measuring, names = _measuring(model, nodes, constants)
    session = open_session(measuring.SerializeToString(), threads=num_processors())
    sums: list[Any] = [0.0] * len(names)
    num_images = 0
    for images in batches:
        means = session.run(names, {"images": images})
        sums = [
            total + len(images) * mean.astype(np.float64)
            for total, mean in zip(sums, means, strict=True)
        ]
        num_images += len(images)
    return [total / num_images for total in sums]


def _measuring(
    model: Any, nodes: Sequence[Any], constants: dict[str, Any]
) -> tuple[Any, list[str]]:
    """A copy of the model that also convolves with the rounding errors, and the outputs of their means."""
    import onnx
    from onnx import helper, numpy_helper

    measuring = onnx.ModelProto()
    measuring.CopyFrom(model)
    graph, names = measuring.graph, []
    for node in nodes:
        weight = numpy_helper.to_array(constants[node.input[1]])
        error, axes, shift = (f"{node.output[0]}_{part}" for part in ("error", "axes", "shift"))
        places = np.array([0, *range(2, weight.ndim)])
        values = (rounded(weight) - weight).astype(np.float32)
        graph.initializer.extend(
            [numpy_helper.from_array(values, error), numpy_helper.from_array(places, axes)]
        )
        convolution = onnx.NodeProto()
        convolution.CopyFrom(node)
        convolution.name = f"{error}_convolution"
        convolution.input[:] = [node.input[0], error]
        convolution.output[:] = [f"{error}_output"]
        mean = helper.make_node("ReduceMean", [f"{error}_output", axes], [shift], keepdims=0)
        graph.node.extend([convolution, mean])
        graph.output.append(helper.make_tensor_value_info(shift, onnx.TensorProto.FLOAT, None))
        names.append(shift)
    return measuring, names
