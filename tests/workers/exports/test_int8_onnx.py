"""An int8 graph is made of any float32 graph of ours, and says nearly the same; what cannot be is refused."""

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
IMAGES = np.random.default_rng(0).integers(0, 256, (96, *SHAPE), dtype=np.uint8)


def graph_of(network: nn.Module) -> bytes:
    normalise = Normalisation(*MOMENTS, torch.device("cpu"))
    return export(Servable(network, normalise).eval(), torch.from_numpy(IMAGES[:2]))


def batches(size: int = 32) -> Iterator[Images]:
    return (IMAGES[start : start + size] for start in range(0, len(IMAGES), size))


@pytest.mark.parametrize("name", list(architectures))
def test_the_int8_graph_of_every_architecture_says_nearly_the_same(name: str) -> None:
    torch.manual_seed(0)
    graph = graph_of(architectures[name](SHAPE, 10))
    int8 = quantise(graph, batches())

    expected, found = (run(open_session(content, threads=1), IMAGES) for content in (graph, int8))
    assert np.abs(expected - found).max() < 0.05
    onnx.checker.check_model(onnx.load_from_string(int8))


def test_logits_stay_in_float_behind_layers_that_only_reshape_or_average() -> None:
    torch.manual_seed(0)
    mirrored = as_evaluated(architectures["cnn"](SHAPE, 10), test_flips=True)
    convolved = nn.Sequential(nn.Conv2d(3, 10, 16), nn.Flatten())
    for network in (mirrored, convolved):
        graph = graph_of(network)
        int8 = quantise(graph, batches())

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
    int8 = onnx.load_from_string(quantise(graph_of(architectures["cnn"](SHAPE, 10)), batches()))
    weights = [
        numpy_helper.to_array(constant)
        for constant in int8.graph.initializer
        if constant.data_type == onnx.TensorProto.INT8 and len(constant.dims) > 1
    ]

    assert len(weights) == 3
    assert max(np.abs(weight.astype(int)).max() for weight in weights) <= 64


def test_a_graph_of_numbers_that_are_not_finite_is_refused() -> None:
    network = architectures["fully_connected"](SHAPE, 10)
    nn.init.constant_(next(network.parameters()), float("nan"))

    with pytest.raises(QuantisationError, match=r"ONNX Runtime cannot quantise|not numbers"):
        quantise(graph_of(network), batches())


def test_what_is_no_graph_is_refused_in_one_line() -> None:
    with pytest.raises(QuantisationError, match=r"^ONNX Runtime cannot quantise the graph: .+$"):
        quantise(b"no graph", batches())


SAME = """
import hashlib, sys
from pathlib import Path
import numpy as np
from workers.exports.int8_onnx import quantise

images = np.load(sys.argv[2])
print(hashlib.sha256(quantise(Path(sys.argv[1]).read_bytes(), iter([images]))).hexdigest())
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
