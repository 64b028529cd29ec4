"""An int8 graph is made of any float32 graph of ours, and says nearly the same; what cannot be is refused."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from models import ImageShape, architectures
from workers.engines import Images
from workers.engines.onnx_runtime import open_session, run
from workers.exports.int8_onnx import LAYERS, QuantisationError, quantise
from workers.exports.onnx import export
from workers.training.normalisation import Normalisation
from workers.training.servable import Servable, as_evaluated

SHAPE = ImageShape(3, 16, 16)
MOMENTS = ((0.4, 0.5, 0.6), (0.2, 0.25, 0.3))
Moments = tuple[tuple[float, ...], tuple[float, ...]]
IMAGES = np.random.default_rng(0).integers(0, 256, (96, *SHAPE), dtype=np.uint8)


def graph_of(network: nn.Module, moments: Moments = MOMENTS) -> bytes:
    normalise = Normalisation(*moments, torch.device("cpu"))
    return export(Servable(network, normalise).eval(), torch.from_numpy(IMAGES[:2]))


def batches(size: int = 32) -> Iterator[Images]:
    return (IMAGES[start : start + size] for start in range(0, len(IMAGES), size))


@pytest.mark.parametrize("name", list(architectures))
def test_the_int8_graph_of_every_architecture_says_nearly_the_same(name: str) -> None:
    torch.manual_seed(0)
    graph = graph_of(architectures[name](SHAPE, 10))
    int8 = quantise(graph, batches)

    expected, found = (run(open_session(content, threads=1), IMAGES) for content in (graph, int8))
    assert np.abs(expected - found).max() < 0.05
    onnx.checker.check_model(onnx.load_from_string(int8))


def test_logits_stay_in_float_behind_layers_that_only_reshape_or_average() -> None:
    torch.manual_seed(0)
    mirrored = as_evaluated(architectures["cnn"](SHAPE, 10), test_flips=True)
    convolved = nn.Sequential(nn.Conv2d(3, 10, 16), nn.Flatten())
    for network in (mirrored, convolved):
        graph = graph_of(network)
        int8 = quantise(graph, batches)

        expected, found = (
            run(open_session(content, threads=1), IMAGES) for content in (graph, int8)
        )
        assert np.abs(expected - found).max() < 0.05
        # The last layer gives its logits to softmax, with no pair of quantisation between the two.
        nodes = list(onnx.load_from_string(int8).graph.node)
        last = max(place for place, node in enumerate(nodes) if node.op_type in LAYERS)
        assert not {node.op_type for node in nodes[last:]} & {"QuantizeLinear", "DequantizeLinear"}


def test_weights_use_seven_bits_so_that_no_sum_overflows() -> None:
    torch.manual_seed(0)
    int8 = onnx.load_from_string(quantise(graph_of(architectures["cnn"](SHAPE, 10)), batches))
    weights = [
        numpy_helper.to_array(constant)
        for constant in int8.graph.initializer
        if constant.data_type == onnx.TensorProto.INT8 and len(constant.dims) > 1
    ]

    assert len(weights) == 2
    assert max(np.abs(weight.astype(int)).max() for weight in weights) <= 64


def on_a_backbone() -> tuple[bytes, Images]:
    """A head that separates ten kinds of images by the features of a backbone, and those images.

    The backbone pads by what it computes from the size of an image, as those do that TensorFlow trained.
    """
    torch.manual_seed(0)
    network = architectures["timm/tf_mobilenetv3_small_minimal_100"](SHAPE, 10, resolution=64)
    drawn = np.random.default_rng(1)
    kinds = np.arange(len(IMAGES)) % 10
    noise = drawn.integers(0, 128, IMAGES.shape)
    images = (drawn.integers(0, 256, (10, *SHAPE))[kinds] // 2 + noise).astype(np.uint8)
    pixels = torch.from_numpy(images) / 255
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = None  # the statistics of the one batch that follows
        network.train()(pixels)
        features = network.eval().features(pixels)
        mean, deviation = features.mean(dim=0), features.std(dim=0).clamp_min(0.01)
        scaled = (features - mean) / deviation
        targets = 8 * torch.eye(10)[kinds]
        ridge = scaled.T @ scaled + 9 * torch.eye(len(mean))
        weight = torch.linalg.solve(ridge, scaled.T @ targets).T / deviation
        network.head.classifier.weight.copy_(weight)
        network.head.classifier.bias.copy_(-weight @ mean)
    return graph_of(network, ((0.0,) * 3, (1.0,) * 3)), images


def test_a_head_on_a_backbone_keeps_nearly_all_its_labels() -> None:
    graph, images = on_a_backbone()
    int8 = quantise(graph, lambda: np.split(images, 3))

    labels, found = (
        run(open_session(content, threads=1), images).argmax(axis=1) for content in (graph, int8)
    )
    assert (labels == np.arange(len(images)) % 10).mean() > 0.9
    assert (labels == found).mean() > 0.95


def test_the_classifier_of_a_backbone_is_float32_and_its_layers_are_int8() -> None:
    graph, images = on_a_backbone()
    nodes = onnx.load_from_string(quantise(graph, lambda: [images])).graph.node
    makers = {name: node.op_type for node in nodes for name in node.output}
    *layers, classifier = [makers.get(node.input[1]) for node in nodes if node.op_type in LAYERS]

    assert classifier is None  # what makes its weight: it is a constant, no integers
    assert len(layers) > 20
    assert set(layers) == {"DequantizeLinear"}


def test_a_network_of_a_single_layer_is_int8_though_that_is_its_classifier() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, 10))
    nodes = onnx.load_from_string(quantise(graph_of(network), batches)).graph.node
    makers = {name: node.op_type for node in nodes for name in node.output}
    [layer] = [node for node in nodes if node.op_type in LAYERS]

    assert [makers[name] for name in layer.input] == ["DequantizeLinear"] * len(layer.input)


def test_quantising_logs_no_line_for_each_channel(caplog: pytest.LogCaptureFixture) -> None:
    torch.manual_seed(0)
    network = architectures["cnn"](SHAPE, 10)
    with torch.no_grad():
        next(network.parameters()).mul_(
            1e-12
        )  # below what its biases are worth: scales are adjusted
    with caplog.at_level(logging.INFO):
        quantise(graph_of(network), batches)
        logging.getLogger().info("a line of another")

    assert caplog.messages == ["a line of another"]


def test_a_graph_of_numbers_that_are_not_finite_is_refused() -> None:
    network = architectures["fully_connected"](SHAPE, 10)
    nn.init.constant_(next(network.parameters()), float("nan"))

    with pytest.raises(QuantisationError, match=r"ONNX Runtime cannot quantise|not numbers"):
        quantise(graph_of(network), batches)


def test_what_is_no_graph_is_refused_in_one_line() -> None:
    with pytest.raises(QuantisationError, match=r"^ONNX Runtime cannot quantise the graph: .+$"):
        quantise(b"no graph", batches)


SAME = """
import hashlib, sys
from pathlib import Path
import numpy as np
from workers.exports.int8_onnx import quantise

images = np.load(sys.argv[2])
print(hashlib.sha256(quantise(Path(sys.argv[1]).read_bytes(), lambda: [images])).hexdigest())
"""


@pytest.mark.slow
def test_every_process_makes_the_same_bytes(tmp_path: Path) -> None:
    """ONNX Runtime keeps tensors in sets, whose order depends on the hash seed of a process."""
    torch.manual_seed(0)
    (tmp_path / "graph.onnx").write_bytes(graph_of(architectures["residual_cnn"](SHAPE, 10)))
    np.save(tmp_path / "images.npy", IMAGES)
    digests = {
        subprocess.run(
            [
                sys.executable,
                "-c",
                SAME,
                str(tmp_path / "graph.onnx"),
                str(tmp_path / "images.npy"),
            ],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1
