"""Which layer has the last feature map, of networks of every kind."""

import pytest
import torch

from models import ImageShape, architectures
from workers.explaining._feature_map import find_feature_map
from workers.training.servable import FlipAverage


def feature_map_of(name, shape, *, flips=False, **options):
    network = architectures[name](ImageShape(*shape), 5, **options).eval()
    with torch.inference_mode():
        found = find_feature_map(FlipAverage(network) if flips else network, torch.zeros(1, *shape))
    return found and (found.name, found.height, found.width)


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("cnn", (1, 28, 28), ("conv2", 14, 14)),  # before the pooling
        (
            "residual_cnn",
            (1, 28, 28),
            ("block2", 7, 7),
        ),  # not the convolution: the sum and its ReLU
        ("deep_residual_cnn", (3, 40, 24), ("block3", 10, 6)),
        ("resnet18", (3, 32, 32), ("layer4", 4, 4)),
    ],
)
def test_the_last_map_is_before_the_pooling_and_after_what_belongs_to_the_convolution(
    name, shape, expected
):
    assert feature_map_of(name, shape) == expected


def test_with_test_flips_it_is_that_of_the_network():
    assert feature_map_of("cnn", (1, 28, 28), flips=True) == ("network.conv2", 14, 14)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("fully_connected", (1, 28, 28)),
        ("fully_connected", (3, 64, 64)),
        ("resnet18", (1, 8, 8)),  # one position is left
        ("mobilenet_v3_small", (3, 32, 32)),
    ],
)
def test_there_is_none_without_convolutions_or_with_too_few_positions(name, shape):
    assert feature_map_of(name, shape) is None


def test_a_backbone_has_that_of_its_body():
    assert feature_map_of("timm/resnet18", (1, 16, 32), resolution=128) == ("body.layer4", 4, 4)


def test_a_transformer_has_none_though_a_convolution_cuts_its_patches():
    assert feature_map_of("timm/vit_tiny_patch16_224", (3, 32, 32), resolution=224) is None
