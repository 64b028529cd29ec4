"""Networks of timm that start from pretrained weights: what they are made of and what they take."""

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from torch import Tensor, nn

from models import Backbone, ImageShape, TrainedOn, architectures, load_weights, needs_weights
from models._timm.backbone import Preprocessing
from models._torchvision import import_torchvision

import_torchvision()

SHAPE = ImageShape(3, 40, 48)
NUM_CLASSES = 5
#: Of each family a small network; the transformer's layers depend on the size of its images.
FAMILIES = [
    "test_resnet",
    "test_efficientnet",
    "test_vit",
    "test_convnext",
    "mobilenetv3_small_050",
]
every_family = pytest.mark.parametrize("name", [f"timm/{name}" for name in FAMILIES])


def build(name: str, shape: ImageShape = SHAPE, **options: Any) -> Backbone:
    torch.manual_seed(0)
    network = architectures[name](shape, NUM_CLASSES, pretrained=True, **options)
    assert isinstance(network, Backbone)
    return network.eval()


def trained_network(name: str, **options: Any) -> nn.Module:
    """A network of timm with the head of ImageNet, whose batch norms have seen something."""
    import timm

    torch.manual_seed(1)
    network: nn.Module = timm.create_model(name.removeprefix("timm/"), **options)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.uniform_(-0.1, 0.1)
            layer.running_var.uniform_(0.9, 1.1)
    return network.eval()


def load(network: Backbone, name: str, tensors: dict[str, Tensor], **scale: Any) -> None:
    mean, std = scale.get("mean", (0.5,) * 3), scale.get("std", (0.5,) * 3)
    load_weights(network, name, tensors, lambda _: tensors, TrainedOn((mean, std)))
    torch.testing.assert_close(network.preprocessing.scale, (mean, std))


@every_family
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("resolution", [64, 96])
def test_images_of_any_size_become_features_and_logits(
    name: str, channels: int, resolution: int
) -> None:
    shape = SHAPE._replace(channels=channels)
    network = build(name, shape, resolution=resolution)
    images = torch.rand(2, *shape)

    assert network.features(images).shape == (2, network.num_features)
    assert network(images).shape == (2, NUM_CLASSES)
    assert torch.isfinite(network(images)).all()


def test_without_a_resolution_it_takes_what_its_weights_were_trained_on() -> None:
    assert build("timm/test_resnet").preprocessing.resolution == 160
    assert build("timm/efficientnet_lite0").preprocessing.resolution == 224


def test_images_are_resized_as_pillow_does() -> None:
    photo = load_sample_image("china.jpg")[:300, :400]
    height, width, _ = photo.shape
    layer = Preprocessing(ImageShape(3, height, width), 96, (0.0,) * 3, (1.0,) * 3)

    found = layer(torch.from_numpy(photo.copy()).permute(2, 0, 1)[None] / 255)[0]

    expected = Image.fromarray(photo).resize((96, 96), Image.Resampling.BICUBIC)
    difference = np.abs(found.permute(1, 2, 0).numpy() * 255 - np.asarray(expected, np.float32))
    assert difference.max() <= 1.5  # Pillow rounds to whole numbers after each of its two passes
    assert difference.mean() < 0.5


def test_images_of_the_right_size_are_left_as_they_are() -> None:
    images = torch.rand(2, 3, 32, 32)
    layer = Preprocessing(ImageShape(3, 32, 32), 32, (0.25,) * 3, (0.5,) * 3)

    torch.testing.assert_close(layer(images), (images - 0.25) / 0.5)


def test_a_grey_image_is_the_same_as_one_with_three_equal_channels() -> None:
    grey = torch.rand(2, 1, 40, 48)
    name = "timm/test_resnet"
    of_grey, of_rgb = build(name, ImageShape(1, 40, 48)), build(name)
    of_rgb.load_state_dict(of_grey.state_dict())

    torch.testing.assert_close(of_grey(grey), of_rgb(grey.expand(-1, 3, -1, -1)))


@every_family
def test_a_body_with_weights_computes_what_timm_computes(name: str) -> None:
    source = trained_network(name)
    network = build(name, ImageShape(3, 160, 160), resolution=160)
    load(network, name, source.state_dict(), mean=(0.4, 0.5, 0.6), std=(0.2, 0.25, 0.3))
    images = torch.rand(2, 3, 160, 160)
    scaled = (images - torch.tensor((0.4, 0.5, 0.6)).view(3, 1, 1)) / torch.tensor(
        (0.2, 0.25, 0.3)
    ).view(3, 1, 1)

    source.reset_classifier(0)  # type: ignore[operator]

    torch.testing.assert_close(network.features(images), source(scaled))


def test_position_embeddings_are_resampled_to_another_resolution() -> None:
    source = trained_network("timm/test_vit")
    network = build("timm/test_vit", resolution=96)
    before = network.body.pos_embed.clone()  # type: ignore[operator,union-attr]

    load(network, "timm/test_vit", source.state_dict())

    assert network.body.pos_embed.shape == before.shape  # type: ignore[union-attr]
    assert not torch.equal(network.body.pos_embed, before)  # type: ignore[arg-type]
    assert torch.isfinite(network(torch.rand(1, *SHAPE))).all()


def test_weights_with_a_head_of_their_own_number_of_classes_are_taken() -> None:
    source = trained_network("timm/test_resnet", num_classes=21)
    network = build("timm/test_resnet")
    head = {name: tensor.clone() for name, tensor in network.head.state_dict().items()}

    load(network, "timm/test_resnet", source.state_dict())

    assert torch.equal(
        network.body.state_dict()["conv1.0.weight"], source.state_dict()["conv1.0.weight"]
    )
    assert all(
        torch.equal(tensor, head[name]) for name, tensor in network.head.state_dict().items()
    )


def test_a_network_that_is_built_again_gets_everything_from_its_state_dict() -> None:
    network = build("timm/test_resnet", hidden_units=16)
    load(
        network,
        "timm/test_resnet",
        trained_network("timm/test_resnet").state_dict(),
        mean=(0.1, 0.2, 0.3),
    )
    again = build("timm/test_resnet", hidden_units=16)
    again.load_state_dict(network.state_dict())
    images = torch.rand(2, *SHAPE)

    assert torch.equal(again(images), network(images))


def test_without_weights_and_resolution_it_is_the_network_of_timm() -> None:
    plain = architectures["timm/test_resnet"](SHAPE, NUM_CLASSES)

    assert not isinstance(plain, Backbone)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({}, None),
        ({"resolution": 96}, None),
        ({"train": "head"}, "train"),
        ({"hidden_units": 8}, "hidden_units"),
        ({"pretrained": "mine", "train": "head", "hidden_units": 8}, None),
    ],
)
def test_what_is_for_pretrained_networks_needs_weights(
    options: dict[str, Any], missing: str | None
) -> None:
    assert needs_weights(options) == missing
