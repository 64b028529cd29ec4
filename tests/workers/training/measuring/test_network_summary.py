"""The stages of a network: few enough to be drawn, whatever its size."""

import pytest
import torch
from torch import Tensor, nn

from models import ImageShape, architectures
from workers.training.measuring.network_summary import (
    MAX_STAGES,
    ArchitectureSummary,
    count_flops,
    summarise,
)


def summary_of(name: str, shape: ImageShape) -> ArchitectureSummary:
    with torch.device("meta"):
        return summarise(architectures[name](shape, 10), shape)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        *((name, ImageShape(1, 28, 28)) for name in architectures),
        ("timm/resnet50", ImageShape(3, 64, 64)),
        ("timm/vit_tiny_patch16_224", ImageShape(3, 224, 224)),
    ],
)
def test_stages_are_few_and_hold_the_whole_network(name: str, shape: ImageShape) -> None:
    summary = summary_of(name, shape)

    assert 2 < len(summary.stages) <= MAX_STAGES
    assert sum(stage.flops for stage in summary.stages) == summary.flops
    assert summary.stages[-1].output_shape == (10,)


def test_the_stages_of_a_small_network_are_its_layers() -> None:
    summary = summary_of("cnn", ImageShape(1, 8, 8))

    assert [stage.name for stage in summary.stages] == [layer.name for layer in summary.layers]
    assert {stage.num_layers for stage in summary.stages} == {1}


def test_the_stages_of_a_large_network_are_its_blocks() -> None:
    stages = summary_of("timm/resnet50", ImageShape(3, 224, 224)).stages
    blocks = [stage for stage in stages if stage.kind == "Bottleneck"]

    assert len(blocks) == 3 + 4 + 6 + 3
    assert blocks[0].name.endswith("layer1.0")
    assert blocks[-1].output_shape == (2048, 7, 7)
    assert all(block.num_layers > 5 for block in blocks)


class Listed(nn.Module):
    """Runs modules of a list in another order, and leaves one out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList([nn.Linear(8, 4), nn.Flatten(), nn.Identity(), nn.Linear(1, 1)])

    def forward(self, images: Tensor) -> Tensor:
        flatten, linear, identity = self.parts[1], self.parts[0], self.parts[2]
        found: Tensor = identity(linear(flatten(images)))
        return found


def test_modules_of_a_list_are_stages_in_the_order_in_which_they_run() -> None:
    summary = summarise(Listed(), ImageShape(1, 2, 4))

    assert [stage.name for stage in summary.stages] == ["parts.1", "parts.0"]
    assert [stage.flops for stage in summary.stages] == [0, 2 * 8 * 4]
    assert count_flops(Listed(), (1, 2, 4)) == 2 * 8 * 4
