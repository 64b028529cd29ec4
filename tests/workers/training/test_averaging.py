"""With `ema_decay` the average of weights is what is evaluated, chosen, resumed and kept."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from tests.workers.training.trainings import assert_same_bits, completed_epochs, make, weights
from workers.datasets.image_dataset import ImageDataset
from workers.training.averaging import AveragedNetwork
from workers.training.checkpoint import Checkpoint
from workers.training.hardware.dense_gradients import DenseGradients
from workers.training.measuring.evaluation import score
from workers.training.recipe import Recipe
from workers.training.trainer import CompletedEpoch, Trainer

RECIPE = Recipe(epochs=3, batch_size=32, ema_decay=0.9, precision="float32")


def test_weights_and_statistics_of_batch_norm_are_averaged_and_counters_copied() -> None:
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    averaged = AveragedNetwork(network, 0.5)
    expected = {name: each.clone() for name, each in network.state_dict().items()}
    for step in range(6):
        with torch.no_grad():
            for tensor in (*network.parameters(), *network.buffers()):
                tensor.add_(step)
        decay = min(0.5, (1 + step) / (10 + step))
        for name, now in network.state_dict().items():
            is_counter = name == "1.num_batches_tracked"
            expected[name] = now.clone() if is_counter else expected[name].lerp(now, 1 - decay)
        averaged.update(step)

    assert averaged.network is not network
    torch.testing.assert_close(averaged.tensors(), expected)


def test_without_a_decay_the_network_itself_is_evaluated(few_digits: ImageDataset) -> None:
    trainer = make(few_digits, replace(RECIPE, ema_decay=0.0))

    last = completed_epochs(trainer)[-1].checkpoint

    assert trainer.average.network is trainer.network
    assert last.averaged == {}


@pytest.mark.parametrize("architecture", ["cnn", "fully_connected", "residual_cnn"])
def test_every_score_is_of_the_average_which_is_kept(
    few_digits: ImageDataset, architecture: str
) -> None:
    options = {"widths": (24,)} if architecture == "fully_connected" else {"channels": (4, 8)}
    averaged = make(few_digits, RECIPE, architecture, **options)
    plain = make(few_digits, replace(RECIPE, ema_decay=0.0), architecture, **options)
    if architecture == "fully_connected":
        assert isinstance(averaged.step.gradients, DenseGradients)

    last = completed_epochs(averaged)[-1]
    completed_epochs(plain)

    assert_same_bits(weights(averaged), dict(last.checkpoint.averaged))
    kept = score(averaged.network, averaged.validation, averaged.normalise)
    assert kept == last.epoch.validation
    names = set(weights(plain)) - {n for n in weights(plain) if "num_batches" in n}
    assert not any(torch.equal(weights(plain)[n], weights(averaged)[n]) for n in names)


def test_the_average_does_not_change_what_is_trained(few_digits: ImageDataset) -> None:
    first, second = (
        trained_weights(make(few_digits, replace(RECIPE, ema_decay=decay))) for decay in (0.0, 0.9)
    )

    assert_same_bits(first, second)


def trained_weights(trainer: Trainer) -> dict[str, Tensor]:
    """Those that the last step left, and not their average."""
    kept = [
        event.checkpoint.to_bytes()
        for event in trainer.epochs()
        if isinstance(event, CompletedEpoch)
    ]
    return dict(Checkpoint.from_bytes(kept[-1]).network)


def test_early_stopping_keeps_the_best_average(few_digits: ImageDataset) -> None:
    recipe = replace(RECIPE, epochs=30, early_stopping_patience=2, learning_rate=0.02)
    trainer = make(few_digits, recipe)

    epochs = [completed.epoch for completed in completed_epochs(trainer)]

    best = min(epochs, key=lambda epoch: epoch.validation.loss)
    kept = score(trainer.network, trainer.validation, trainer.normalise)
    assert kept.loss == pytest.approx(best.validation.loss)


def test_a_checkpoint_without_an_average_is_still_one(few_digits: ImageDataset) -> None:
    """As versions before this wrote them."""
    content = completed_epochs(make(few_digits, Recipe(epochs=1)))[0].checkpoint.to_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert not any(name.startswith("averaged/") for name in header)

    opened = Checkpoint.from_bytes(save(load(content), header["__metadata__"]))

    assert opened.averaged == {}
    assert completed_epochs(make(few_digits, Recipe(epochs=2)), opened)[0].epoch.number == 2
