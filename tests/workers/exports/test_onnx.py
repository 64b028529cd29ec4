"""An ONNX graph is checked against torch; a network without one has a reason."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from models import ImageShape, architectures, fitting_options
from workers.exports.onnx import keep_graph
from workers.storage.artifacts import ArtifactStore

SHAPE = ImageShape(3, 16, 16)
MOMENTS = ((0.4, 0.5, 0.6), (0.2, 0.25, 0.3))
IMAGES = torch.randint(
    0, 256, (40, *SHAPE), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
)


@pytest.mark.parametrize("name", list(architectures))
def test_the_graph_of_every_architecture_computes_what_torch_computes(
    name: str, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    network = architectures[name](SHAPE, 10).train()

    graph = keep_graph(network, MOMENTS, IMAGES, ArtifactStore(str(tmp_path)), "a.onnx")

    assert graph["parity"]["images"] == 40, graph
    assert graph["parity"]["max_probability_difference"] < 1e-4
    assert ArtifactStore(str(tmp_path)).get("a.onnx", sha256=graph["sha256"])
    assert network.training  # its mode is unchanged


SIDES = [
    (8, 8),
    (28, 28),
    (32, 32),
    (64, 64),
    (96, 96),
    (224, 224),
    (300, 300),
    (512, 512),
    (17, 150),
]


@pytest.mark.parametrize("name", list(architectures))
@pytest.mark.parametrize("sides", SIDES, ids=str)
def test_the_graph_computes_the_same_for_images_of_any_size(
    name: str, sides: tuple[int, int], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    shape = ImageShape(3, *sides)
    network = architectures[name](shape, 10, **fitting_options(architectures[name], shape))
    images = torch.randint(0, 256, (2, *shape), dtype=torch.uint8)

    graph = keep_graph(network, MOMENTS, images, ArtifactStore(str(tmp_path)), "a.onnx")

    assert graph["parity"]["max_probability_difference"] < 1e-4


class HoldsToTheBatch(nn.Module):
    """Works only for the batch size of its trace."""

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1)[:, :10] + torch.zeros(int(images.shape[0]), 10)


class DependsOnTheValues(nn.Module):
    """Branches on the values of the images, which a trace does not see."""

    def forward(self, images: Tensor) -> Tensor:
        rows = images.flatten(1)[:, :10]
        return rows * 3 if float(rows.sum()) > 1e4 else -rows


class Unknown(nn.Module):
    """Uses an operator that ONNX does not have."""

    def forward(self, images: Tensor) -> Tensor:
        return torch.special.bessel_j0(images.flatten(1)[:, :10])


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        (HoldsToTheBatch(), "ONNX Runtime cannot run it"),
        (DependsOnTheValues(), "differ from torch's"),
        (Unknown(), "torch cannot export it"),
    ],
)
def test_a_network_without_a_correct_graph_has_a_reason(
    network: nn.Module, reason: str, tmp_path: Path
) -> None:
    moments = ((0.0,) * 3, (1 / 255,) * 3)
    images = IMAGES.clone()
    images[:2] = 0

    graph = keep_graph(network, moments, images, ArtifactStore(str(tmp_path)), "a.onnx")

    assert reason in graph["error"]
    assert not list(tmp_path.iterdir())
