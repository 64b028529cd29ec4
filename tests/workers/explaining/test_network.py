"""Models loaded to be explained: every architecture, and what is known of each before it is explained."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import save

from models import ImageShape, architectures, fitting_options
from workers.explaining import Question, default_method, load_explained, methods
from workers.explaining._network import MAX_ACTIVATION_BYTES

CPU = torch.device("cpu")


def loaded(name, shape, *, test_flips=False, **options):
    shape = ImageShape(*shape)
    options = fitting_options(architectures[name], shape) | options
    torch.manual_seed(0)
    network = architectures[name](shape, 5, **options)
    model = SimpleNamespace(
        id="m",
        architecture=name,
        options=options,
        image_shape=list(shape),
        classes=list("abcde"),
        mean=[0.4] * shape.channels,
        std=[0.25] * shape.channels,
        test_flips=test_flips,
        quantised_from=None,
        weights="weights.safetensors",
        weights_sha256="",
    )
    content = save(network.state_dict())
    return load_explained(model, SimpleNamespace(get=lambda *_, **__: content), CPU)


@pytest.mark.parametrize("test_flips", [False, True])
def test_every_architecture_is_explained_by_its_default_method_and_by_occlusion(test_flips):
    image = np.random.default_rng(0).integers(0, 256, (3, 24, 20), dtype=np.uint8)
    for name in architectures:
        network = loaded(name, image.shape, test_flips=test_flips)
        for method in {default_method(network), "occlusion"}:
            question = Question(network, network.normalise(image), 2, check=lambda: None)
            values = methods[method](question).values
            assert values.shape == (24, 20), (name, method)
            assert values.isfinite().all(), (name, method)


def test_the_mean_colour_of_the_train_images_hides_parts_of_an_image():
    assert loaded("cnn", (3, 16, 16)).mean_colour.flatten().tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("channels", "expected"), [(3, [0.485, 0.456, 0.406]), (1, [(0.485 + 0.456 + 0.406) / 3])]
)
def test_of_a_backbone_it_is_that_of_the_images_it_was_made_for(channels, expected):
    network = loaded("timm/resnet18", (channels, 16, 16), resolution=32)

    assert network.mean_colour.shape == (1, channels, 1, 1)
    assert network.mean_colour.flatten().tolist() == pytest.approx(expected, abs=1e-6)


def test_fewer_large_images_go_through_the_network_at_once():
    small, large = loaded("cnn", (1, 28, 28)), loaded("cnn", (3, 256, 256), stem_stride=1)

    assert small.batch_size == 64
    assert large.batch_size == MAX_ACTIVATION_BYTES // (4 * 32 * 256 * 256)
