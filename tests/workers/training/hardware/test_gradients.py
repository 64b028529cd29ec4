"""Gradients written out for plain fully connected networks are those of autograd, to the last bit."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from models import ImageShape
from tests.workers.training.trainings import (
    CPU,
    assert_same_bits,
    exact,
    make,
    recipes,
    trained,
    weights,
)
from workers.datasets.image_dataset import ImageDataset
from workers.training.hardware import gradients
from workers.training.hardware.dense_gradients import DenseGradients, is_dense
from workers.training.hardware.gradients import AutogradGradients
from workers.training.hardware.precision import choose
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
    found = {name: one.grad for name, one in network.named_parameters()}
    return {name: one for name, one in found.items() if one is not None}


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
    recipe, chosen = Recipe(), choose(precision, network, CPU)
    written_out = DenseGradients(network, chosen)
    reference = AutogradGradients(network, recipe, chosen, CPU)
    if chosen.rounds_activations:  # no processor here that rounds as it reads
        return
    for size in sizes:
        images, labels = a_batch(size)

        loss, logits = written_out(images, labels)
        found = {name: one.clone() for name, one in gradients_at(network).items()}
        network.zero_grad()
        wanted_loss, wanted_logits = reference(images, labels)

        assert torch.equal(loss, wanted_loss)
        assert torch.equal(logits, wanted_logits)
        assert_same_bits(found, gradients_at(network))


@settings(max_examples=8, deadline=None)
@given(recipe=recipes)
def test_a_training_of_any_recipe_ends_in_the_bits_of_one_by_autograd(
    few_digits: ImageDataset, recipe: Recipe
) -> None:
    written_out = make(few_digits, recipe, "fully_connected", **PLAIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradients, "is_dense", lambda _: False)
        reference = make(few_digits, recipe, "fully_connected", **PLAIN)
    assert isinstance(reference._gradients, AutogradGradients)

    epochs, wanted = trained(written_out), trained(reference)

    assert [exact(one.epoch) for one in epochs] == [exact(one.epoch) for one in wanted]
    assert_same_bits(weights(written_out), weights(reference))


def test_a_plain_fully_connected_network_is_trained_without_autograd(
    few_digits: ImageDataset,
) -> None:
    def kind(architecture: str, label_smoothing: float = 0, **options: Any) -> type:
        recipe = Recipe(precision="float32", label_smoothing=label_smoothing)
        return type(make(few_digits, recipe, architecture, **options)._gradients)

    assert kind("fully_connected", **PLAIN) is DenseGradients
    assert kind("fully_connected", dropout=0.2) is AutogradGradients
    assert kind("fully_connected", label_smoothing=0.1, **PLAIN) is AutogradGradients
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


@pytest.mark.gpu
def test_on_a_gpu_they_are_those_of_autograd_too(cuda: torch.device) -> None:
    network = a_network(**PLAIN).to(cuda)
    precision = choose("float32", network, cuda)
    images, labels = (one.to(cuda) for one in a_batch(128))

    loss, logits = DenseGradients(network, precision)(images, labels)
    found = {name: one.clone() for name, one in gradients_at(network).items()}
    network.zero_grad()
    wanted = AutogradGradients(network, Recipe(), precision, cuda)(images, labels)

    torch.testing.assert_close((loss, logits), wanted)
    torch.testing.assert_close(found, gradients_at(network))
