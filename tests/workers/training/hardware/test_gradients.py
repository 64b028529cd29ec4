"""Both ways to differentiate replace the gradients, and give the same bits."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from models import ImageShape
from tests.workers.training.trainings import (
    CPU,
    assert_same_bits,
    completed_epochs,
    exact,
    make,
    recipes,
    weights,
)
from workers.datasets.image_dataset import ImageDataset
from workers.training.hardware import gradients
from workers.training.hardware.dense_gradients import DenseGradients, is_dense
from workers.training.hardware.gradients import AutogradGradients, Gradients
from workers.training.hardware.precision import Precision, choose_precision
from workers.training.recipe import Recipe
from workers.training.trainer import build

SHAPE = ImageShape(2, 5, 7)
PLAIN = {"widths": (24, 16)}


def a_network(**options: Any) -> nn.Module:
    return build("fully_connected", options, SHAPE, 10, seed=1)


def a_batch(size: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(size)
    images = torch.randn(size, *SHAPE, generator=generator)
    return images, torch.randint(0, 10, (size,), generator=generator)


def gradients_at(network: nn.Module) -> dict[str, Tensor]:
    found = {name: parameter.grad for name, parameter in network.named_parameters()}
    return {name: gradient for name, gradient in found.items() if gradient is not None}


@settings(max_examples=40, deadline=None)
@given(
    # Not 1: for one unit and one image, autograd multiplies the other way round.
    widths=st.lists(st.sampled_from([2, 3, 80, 300]), max_size=4),
    sizes=st.lists(st.sampled_from([1, 2, 31, 128]), min_size=1, max_size=3),
    precision=st.sampled_from(["float32", "bfloat16"]),
)
def test_loss_logits_and_gradients_of_every_batch_are_those_of_autograd(
    widths: list[int], sizes: list[int], precision: str
) -> None:
    network = a_network(widths=tuple(widths))
    recipe, chosen = Recipe(), choose_precision(precision, network, CPU)
    dense = DenseGradients(network, chosen)
    reference = AutogradGradients(network, recipe, chosen, CPU)
    assume(not chosen.rounds_activations)  # gradients_of() leaves such networks to autograd
    for size in sizes:
        images, labels = a_batch(size)

        loss, logits = dense(images, labels)
        found = {name: tensor.clone() for name, tensor in gradients_at(network).items()}
        wanted_loss, wanted_logits = reference(images, labels)

        assert torch.equal(loss, wanted_loss)
        assert torch.equal(logits, wanted_logits)
        assert_same_bits(found, gradients_at(network))


def by_autograd(network: nn.Module) -> Gradients:
    return AutogradGradients(network, Recipe(), Precision("float32", "asked for"), CPU)


def written_out(network: nn.Module) -> Gradients:
    return DenseGradients(network, Precision("float32", "asked for"))


@pytest.mark.parametrize("gradients_by", [by_autograd, written_out])
def test_a_batch_replaces_the_gradients_whatever_was_there(
    gradients_by: Callable[[nn.Module], Gradients],
) -> None:
    fresh, used = a_network(**PLAIN), a_network(**PLAIN)
    gradients_by(fresh)(*a_batch(31))
    for parameter in used.parameters():
        parameter.grad = torch.full_like(parameter, 7.0)
    differentiate = gradients_by(used)

    for size in (16, 31):  # the first batch leaves gradients of its own
        differentiate(*a_batch(size))

    assert gradients_at(used).keys() == dict(used.named_parameters()).keys()
    assert_same_bits(gradients_at(used), gradients_at(fresh))


@settings(max_examples=8, deadline=None)
@given(recipe=recipes)
def test_a_training_of_any_recipe_ends_in_the_bits_of_one_by_autograd(
    few_digits: ImageDataset, recipe: Recipe
) -> None:
    dense = make(few_digits, recipe, "fully_connected", **PLAIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradients, "is_dense", lambda _: False)
        reference = make(few_digits, recipe, "fully_connected", **PLAIN)
    assert isinstance(reference.step.gradients, AutogradGradients)

    epochs, wanted = completed_epochs(dense), completed_epochs(reference)

    assert [exact(completed.epoch) for completed in epochs] == [
        exact(completed.epoch) for completed in wanted
    ]
    assert_same_bits(weights(dense), weights(reference))


def test_a_plain_fully_connected_network_is_trained_without_autograd(
    few_digits: ImageDataset,
) -> None:
    def kind(architecture: str, asked: dict[str, Any] | None = None, **options: Any) -> type:
        recipe = Recipe(precision="float32", **(asked or {}))
        return type(make(few_digits, recipe, architecture, **options).step.gradients)

    assert kind("fully_connected", **PLAIN) is DenseGradients
    assert kind("fully_connected", {"balance": "sampling"}, **PLAIN) is DenseGradients
    assert kind("fully_connected", dropout=0.2) is AutogradGradients
    assert kind("fully_connected", {"label_smoothing": 0.1}, **PLAIN) is AutogradGradients
    assert kind("fully_connected", {"balance": "weights"}, **PLAIN) is AutogradGradients
    assert kind("fully_connected", {"mix": "mixup"}, **PLAIN) is AutogradGradients
    assert kind("cnn") is AutogradGradients


def test_only_linear_layers_and_relus_are_written_out() -> None:
    assert is_dense(a_network())
    assert is_dense(a_network(widths=()))
    assert not is_dense(a_network(dropout=0.2))
    assert not is_dense(a_network(batch_norm=True))


def test_a_network_with_another_forward_pass_is_not_written_out() -> None:
    class Doubled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.flatten, self.classifier = nn.Flatten(), nn.Linear(70, 10)

        def forward(self, images: Tensor) -> Tensor:
            return 2 * self.classifier(self.flatten(images))

    assert not is_dense(Doubled())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_the_loss_of_mixed_images_is_that_of_both_labels_by_their_shares(
    smoothing: float, *, is_weighted: bool
) -> None:
    network, recipe = a_network(**PLAIN), Recipe(mix="mixup", label_smoothing=smoothing)
    of_classes = torch.linspace(0.1, 2, 10) if is_weighted else None
    precision = Precision("float32", "asked for")
    differentiate = AutogradGradients(network, recipe, precision, CPU, of_classes)
    images, labels = a_batch(31)
    partners, shares = labels.roll(1), torch.linspace(0, 1, 31)

    loss, _ = differentiate(images, labels, partners, shares)

    found = {name: tensor.clone() for name, tensor in gradients_at(network).items()}
    network.zero_grad()
    logs = network(images).log_softmax(dim=1)
    wanted = torch.zeros(())
    for log, own, partner, share in zip(logs, labels, partners, shares, strict=True):
        for label, part in ((own, share), (partner, 1 - share)):
            target = torch.full((10,), smoothing / 10)
            target[label] += 1 - smoothing
            weight = 1.0 if of_classes is None else of_classes[label]
            wanted = wanted - part * weight * (target * log).sum() / 31
    wanted.backward()
    torch.testing.assert_close(loss, wanted.detach())
    torch.testing.assert_close(found, gradients_at(network))


@pytest.mark.gpu
def test_on_a_gpu_they_are_those_of_autograd_too(cuda: torch.device) -> None:
    network = a_network(**PLAIN).to(cuda)
    precision = choose_precision("float32", network, cuda)
    images, labels = (tensor.to(cuda) for tensor in a_batch(128))

    loss, logits = DenseGradients(network, precision)(images, labels)
    found = {name: tensor.clone() for name, tensor in gradients_at(network).items()}
    wanted = AutogradGradients(network, Recipe(), precision, cuda)(images, labels)

    torch.testing.assert_close((loss, logits), wanted)
    torch.testing.assert_close(found, gradients_at(network))
