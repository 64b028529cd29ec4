"""Biases of convolutions take back what rounded weights add on average."""

from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from models import architectures
from tests.workers.exports.test_int8_onnx import IMAGES, SHAPE, batches, graph_of
from workers.engines.onnx_runtime import open_session, run
from workers.exports.bias_correction import correct_biases, rounded
from workers.exports.int8_onnx import quantise


def coarse(network: nn.Module) -> nn.Module:
    """The network with weights of which few are large, so that most round to few levels."""
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d):
                layer.weight.pow_(3).div_(layer.weight.std() * layer.weight[0].numel() ** 0.5)
    return network.eval()


def with_rounded_weights(model: Any) -> onnx.ModelProto:
    """A copy whose convolutions have the weights of an int8 graph, and all else in float32."""
    copied = onnx.ModelProto()
    copied.CopyFrom(model)
    weights = {node.input[1] for node in copied.graph.node if node.op_type == "Conv"}
    for constant in copied.graph.initializer:
        if constant.name in weights:
            values = rounded(numpy_helper.to_array(constant)).astype(np.float32)
            constant.CopyFrom(numpy_helper.from_array(values, constant.name))
    return copied


def channel_means(model: Any, images: Any) -> Any:
    """The mean of each channel that a graph gives, in float64."""
    found = run(open_session(model.SerializeToString(), threads=1), images)
    return found.mean(axis=0, dtype=np.float64)


def test_corrected_biases_restore_the_means_that_rounding_has_moved() -> None:
    torch.manual_seed(0)
    stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
    body = nn.Sequential(nn.Conv2d(8, 8, 3, groups=8, bias=False), nn.AdaptiveAvgPool2d(1))
    # Softmax hides a shift of all logits, so that what is compared comes before it.
    model = onnx.load_from_string(graph_of(coarse(nn.Sequential(*stem, *body, nn.Flatten()))))
    softmax = next(node for node in model.graph.node if node.op_type == "Softmax")
    model.graph.output[0].name = softmax.input[0]
    model.graph.node.remove(softmax)
    expected = channel_means(model, IMAGES)
    moved = np.abs(channel_means(with_rounded_weights(model), IMAGES) - expected)

    correct_biases(model, batches())
    left = np.abs(channel_means(with_rounded_weights(model), IMAGES) - expected)

    assert left.max() < moved.max() / 3
    onnx.checker.check_model(model)


def test_a_layer_that_is_used_twice_has_a_bias_for_each_place() -> None:
    torch.manual_seed(0)
    layer = coarse(nn.Conv2d(3, 3, 3, padding=1))
    network = nn.Sequential(layer, nn.ReLU(), layer, nn.Flatten(), nn.Linear(768, 10))
    model = onnx.load_from_string(graph_of(network))
    correct_biases(model, batches())
    first, second = (node for node in model.graph.node if node.op_type == "Conv")

    assert first.input[1] == second.input[1]
    assert first.input[2] != second.input[2]
    assert np.isfinite(run(open_session(model.SerializeToString(), threads=1), IMAGES)).all()


def test_weights_are_rounded_as_the_int8_graph_has_them() -> None:
    torch.manual_seed(0)
    network = architectures["cnn"](SHAPE, 10)
    int8 = onnx.load_from_string(quantise(graph_of(network), batches))
    constants = {value.name: numpy_helper.to_array(value) for value in int8.graph.initializer}
    makers = {node.output[0]: node for node in int8.graph.node}
    first = next(node for node in int8.graph.node if node.op_type == "Conv")
    values, scale, _ = (constants[name] for name in makers[first.input[1]].input)
    weight = next(layer.weight for layer in network.modules() if isinstance(layer, nn.Conv2d))

    np.testing.assert_allclose(
        values * scale[:, None, None, None], rounded(weight.detach().numpy()), atol=1e-6
    )
