"""An ONNX graph in int8, made of one in float32: static quantisation, calibrated with images."""

import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from workers.engines import Images
from workers.engines.onnx_runtime import open_session, run
from workers.errors import BakeoffError
from workers.exports.bias_correction import correct_biases

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


def quantise(graph: bytes, batches: Callable[[], Iterable[Images]]) -> bytes:
    """The graph with weights and activations of 8 bits, from the same input to the same output.

    `batches` gives images as the graph takes them, the same each time it is called: they correct the
    biases, and then each activation gets the range that it has on them. Each output channel of a weight
    has a scale of its own. Weights use 7 of the 8 bits, so that no sum overflows on processors without
    VNNI and all compute the same. The pixels' scale, the classifier, the logits and softmax stay in
    float32. Raises QuantisationError.

    See https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html.
    """
    calibration = Calibration(batches())
    try:
        with tempfile.TemporaryDirectory(prefix="bakeoff-int8-") as folder, _only_warnings():
            content = _quantise(graph, batches(), calibration, Path(folder))
        probabilities = run(open_session(content, threads=1), calibration.last)
    except OSError:
        raise  # of the disk, not of the graph: the job is tried again
    except Exception as error:  # the errors of ONNX Runtime have no base but Exception
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise QuantisationError(f"ONNX Runtime cannot quantise the graph: {reason}") from error
    if not np.isfinite(probabilities).all():
        raise QuantisationError("the int8 graph gives probabilities that are not numbers")
    return content


@contextlib.contextmanager
def _only_warnings() -> Iterator[None]:
    """Drop information of the root logger, where ONNX Runtime writes a line for each channel it adjusts."""
    root = logging.getLogger()  # its filters do not concern what other loggers pass on to it

    def is_warning(record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING

    root.addFilter(is_warning)
    try:
        yield
    finally:
        root.removeFilter(is_warning)


def _quantise(
    graph: bytes, batches: Iterable[Images], calibration: Calibration, folder: Path
) -> bytes:
    # Imported here: the import starts a thread, and the forkserver that preloads this module must have none.
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared, quantised = folder / "prepared.onnx", folder / "int8.onnx"
    (folder / "float32.onnx").write_bytes(graph)
    # Symbolic shapes are for transformers, as its documentation says, and need a second of imports.
    quant_pre_process(folder / "float32.onnx", prepared, skip_symbolic_shape=True)
    model = onnx.load(prepared)
    correct_biases(model, batches)
    onnx.save(model, prepared)
    quantize_static(
        prepared,
        quantised,
        calibration,
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=INT8_OPERATORS,
        nodes_to_exclude=[*_nodes_before_layers(model), *_classifier(model)],
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
    """The names of the nodes that compute with no output of a layer, but with pixels or with sizes.

    From sizes follows what to pad; rounded to 256 levels it would be another padding.
    """
    behind: set[str] = set()  # tensors that follow from a layer
    before = []
    for node in model.graph.node:  # in the order in which they are computed
        if node.op_type in LAYERS or behind.intersection(node.input):
            if node.op_type != "Shape":
                behind.update(node.output)
        else:
            before.append(node.name)
    return before


def _classifier(model: Any) -> list[str]:
    """The names of the nodes that give the logits by a matrix product, behind other layers.

    They are several where a network is applied to an image more than once, and share their weight.
    """
    layers = [node for node in model.graph.node if node.op_type in LAYERS]
    nodes = [node for node in layers if node.input[1] == layers[-1].input[1]]
    is_alone = len(nodes) == len(layers)
    return [node.name for node in nodes if node.op_type in {"Gemm", "MatMul"} and not is_alone]


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
