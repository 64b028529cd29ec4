"""An ONNX graph in int8, made of one in float32: static quantisation, calibrated with images."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from workers.engines import Images
from workers.engines.onnx_runtime import open_session, run
from workers.errors import BakeoffError

#: With weights. What comes before the first of them brings images to the scale of the network.
LAYERS = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
#: What computes in int8. Norms, softmax and what else is not here stay in float32.
INT8_OPERATORS = [
    *sorted(LAYERS),
    *(
        "Add",
        "AveragePool",
        "Clip",
        "Concat",
        "Flatten",
        "GlobalAveragePool",
        "LeakyRelu",
        "MaxPool",
    ),
    *("Mul", "Pad", "Relu", "Reshape", "Sigmoid", "Squeeze", "Transpose", "Unsqueeze"),
]


class QuantisationError(BakeoffError):
    """A graph that cannot be quantised, or is of no use once it is."""


class Calibration:
    """Batches of images (N, C, H, W) as uint8, one after the other, as ONNX Runtime asks for them."""

    def __init__(self, batches: Iterable[Images]) -> None:
        self._batches = iter(batches)
        self.last: Images  # that were asked for

    def get_next(self) -> dict[str, Images] | None:
        """The input of the graph for the next batch; None after the last."""
        images = next(self._batches, None)
        if images is None:
            return None
        self.last = images
        return {"images": images}


def quantise(graph: bytes, batches: Iterable[Images]) -> bytes:
    """The graph with weights and activations of 8 bits, from the same input to the same output.

    `batches` are images as the graph takes them; each activation gets the range that it has on them.
    Each output channel of a weight has a scale of its own. Weights use 7 of the 8 bits, so that no sum
    overflows on processors without VNNI and all compute the same. The pixels' scale, the logits and
    softmax stay in float32. Raises QuantisationError.

    See https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html.
    """
    calibration = Calibration(batches)
    try:
        with tempfile.TemporaryDirectory(prefix="bakeoff-int8-") as folder:
            content = _quantise(graph, calibration, Path(folder))
        probabilities = run(open_session(content, threads=1), calibration.last)
    except OSError:
        raise  # of the disk, not of the graph: the job is tried again
    except Exception as error:  # the errors of ONNX Runtime have no base but Exception
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise QuantisationError(f"ONNX Runtime cannot quantise the graph: {reason}") from error
    if not np.isfinite(probabilities).all():
        raise QuantisationError("the int8 graph gives probabilities that are not numbers")
    return content


def _quantise(graph: bytes, calibration: Calibration, folder: Path) -> bytes:
    # Imported here: the import starts a thread, and the forkserver that preloads this module must have none.
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared, quantised = folder / "prepared.onnx", folder / "int8.onnx"
    (folder / "float32.onnx").write_bytes(graph)
    # Symbolic shapes are for transformers, as its documentation says, and need a second of imports.
    quant_pre_process(folder / "float32.onnx", prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared,
        quantised,
        calibration,
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=INT8_OPERATORS,
        nodes_to_exclude=_nodes_before_layers(onnx.load(prepared)),
        per_channel=True,
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    model = onnx.load(quantised)
    _keep_logits(model)
    content: bytes = model.SerializeToString()
    return content


def _nodes_before_layers(model: Any) -> list[str]:
    """The names of the nodes that no layer with weights comes before."""
    behind: set[str] = set()  # tensors that follow from a layer
    before = []
    for node in model.graph.node:  # in the order in which they are computed
        if node.op_type in LAYERS or behind.intersection(node.input):
            behind.update(node.output)
        else:
            before.append(node.name)
    return before


def _keep_logits(model: Any) -> None:
    """Let softmax take the logits as the last layer gives them: 256 levels would tie classes.

    Between the two may be nodes without weights, such as one that reshapes or takes a mean.
    """
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    node = makers[graph.output[0].name]  # softmax
    while (maker := makers.get(node.input[0])) is not None and maker.op_type not in LAYERS:
        if maker.op_type == "DequantizeLinear" and maker.input[0] in makers:
            _replace(graph, maker.output[0], makers[maker.input[0]].input[0])
        else:
            node = maker
    _remove_unused(graph)


def _replace(graph: Any, tensor: str, other: str) -> None:
    """Let every node that takes a tensor take another."""
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name == tensor:
                node.input[place] = other


def _remove_unused(graph: Any) -> None:
    """Remove the nodes whose output nothing takes, from the last on, and then such constants."""
    used = {output.name for output in graph.output}
    for node in reversed(list(graph.node)):
        if used.intersection(node.output):
            used.update(node.input)
        else:
            graph.node.remove(node)
    for constant in [known for known in graph.initializer if known.name not in used]:
        graph.initializer.remove(constant)
