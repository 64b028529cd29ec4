"""What each method says of networks whose answer is known, and what it costs."""

import pytest
import torch
from torch import nn

from models import ImageShape, architectures
from tests.workers.explaining.questions import question_about
from workers.engines import EngineError
from workers.explaining import UnfitMethodError, load_explained, methods
from workers.storage.tables import Model
from workers.training.servable import FlipAverage


def built(name, shape, **options):
    torch.manual_seed(0)
    return (
        architectures[name](ImageShape(*shape), 5, **options)
        .eval()
        .requires_grad_(requires_grad=False)
    )


def test_hires_cam_divides_the_logit_among_the_positions_of_the_map():
    network = built("cnn", (1, 28, 28))
    image = torch.rand(1, 1, 28, 28)
    upper = network[: list(network).index(network.conv2) + 1]  # up to the last convolution
    lower = network[len(upper) :]
    features = upper(image).detach().requires_grad_()
    [gradient] = torch.autograd.grad(lower(features)[0, 3], features)
    expected = (features * gradient).sum(dim=1)[0]

    found = methods["hires_cam"](question_about(network, image, target=3))

    logit = lower(features)[0, 3] - network.classifier.bias[3]
    assert expected.sum().item() == pytest.approx(logit.item(), abs=1e-5)
    resized = nn.functional.interpolate(expected.relu()[None, None], (28, 28), mode="bilinear")
    torch.testing.assert_close(found.values, resized[0, 0].detach())
    assert found.how == "the feature map after layer 'conv2', 14×14 positions"


def test_grad_cam_weights_each_channel_by_its_mean_gradient():
    network = built("cnn", (3, 32, 32))
    image = torch.rand(1, 3, 32, 32)
    upper = network[: list(network).index(network.conv2) + 1]
    features = upper(image).detach().requires_grad_()
    [gradient] = torch.autograd.grad(network[len(upper) :](features)[0, 1], features)
    expected = (features * gradient.mean(dim=(2, 3), keepdim=True)).sum(dim=1).relu()

    found = methods["grad_cam"](question_about(network, image, target=1))

    resized = nn.functional.interpolate(expected[None], (32, 32), mode="bilinear")[0, 0]
    torch.testing.assert_close(found.values, resized.detach())


def test_before_global_pooling_grad_cam_and_hires_cam_agree():
    network = built("deep_residual_cnn", (3, 32, 32), channels=(4, 8, 8))
    question = question_about(network, torch.rand(1, 3, 32, 32), target=2)

    torch.testing.assert_close(
        *(methods[name](question).values for name in ("grad_cam", "hires_cam"))
    )


@pytest.mark.parametrize("method", ["grad_cam", "hires_cam", "occlusion"])
def test_with_test_flips_a_mirrored_image_has_the_mirrored_map(method):
    network = FlipAverage(built("cnn", (1, 28, 28)))
    image = torch.rand(1, 1, 28, 28)

    straight, mirrored = (
        methods[method](question_about(network, shown, target=0)).values
        for shown in (image, image.flip(3))
    )

    torch.testing.assert_close(straight, mirrored.flip(1), rtol=1e-3, atol=1e-5)


def test_occlusion_finds_the_one_pixel_that_counts_and_on_which_side():
    network = nn.Sequential(nn.Flatten(), nn.Linear(12 * 12, 2))
    with torch.no_grad():
        network[1].weight.zero_()
        network[1].weight[0, 5 * 12 + 7] = 3.0
    image = torch.ones(1, 1, 12, 12)

    speaks_for, speaks_against = (
        methods["occlusion"](question_about(network, image, target)).values for target in (0, 1)
    )

    hidden = speaks_for > 0
    assert hidden[5, 7]
    assert hidden.sum() == 3 * 3  # of the squares of 2 × 2 pixels that hide it
    assert speaks_for[5, 7] == pytest.approx(3.0, rel=1e-5)  # the log odds of two classes
    torch.testing.assert_close(speaks_against, -speaks_for)


def test_occlusion_is_as_exact_where_the_network_is_certain():
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    with torch.no_grad():
        network[1].weight.zero_()
        network[1].bias.copy_(torch.tensor([60.0, 0.0]))  # a probability of 1 in float32
        network[1].weight[0, 5] = 0.5

    found = methods["occlusion"](question_about(network, torch.ones(1, 1, 4, 4), target=0))

    assert found.values[1, 1] == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 8, 8), (1, 28, 28), (3, 61, 200), (3, 300, 300)])
@pytest.mark.parametrize(("flops", "most"), [(10**6, 14 * 14), (10**13, 7 * 7)])
def test_occlusion_takes_a_bounded_number_of_passes_and_no_large_batch(shape, flops, most):
    network, sizes = nn.Sequential(nn.Flatten(), nn.Linear(shape[0] * shape[1] * shape[2], 2)), []
    network.register_forward_hook(lambda *call: sizes.append(len(call[1][0])))
    question = question_about(network, torch.rand(1, *shape), target=0, flops=flops, batch_size=5)
    sizes.clear()

    found = methods["occlusion"](question)

    assert found.values.shape == shape[1:]
    assert sum(sizes) <= most + 1  # the whole image, too
    assert max(sizes) <= 5


@pytest.mark.parametrize("method", ["grad_cam", "hires_cam"])
def test_activations_before_the_feature_map_are_not_kept_for_the_gradient(method):
    network = built("cnn", (1, 28, 28))
    question = question_about(network, torch.rand(1, 1, 28, 28), target=0)
    kept = []

    with torch.autograd.graph.saved_tensors_hooks(
        lambda tensor: kept.append(tensor.shape) or tensor, lambda tensor: tensor
    ):
        methods[method](question)

    assert kept
    assert not any(28 in shape[2:] for shape in kept)


def test_a_network_without_a_feature_map_is_explained_by_occlusion_alone():
    question = question_about(built("fully_connected", (1, 8, 8)), torch.rand(1, 1, 8, 8), target=0)

    with pytest.raises(UnfitMethodError, match="method 'occlusion' explains it"):
        methods["grad_cam"](question)


def test_an_int8_model_is_refused_with_the_model_to_ask_instead():
    int8 = Model(id="small", quantised_from="whole")

    with pytest.raises(EngineError, match="explain model 'whole'"):
        load_explained(int8, None, torch.device("cpu"))
