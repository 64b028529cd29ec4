"""Networks trained in bfloat16 are as accurate as networks trained in float32."""

import statistics

import pytest
import torch

from workers.datasets.image_dataset import ImageDataset
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build

SEEDS = range(5)
#: Small networks that train in seconds; `make equivalence` trains all six at full size.
OPTIONS = {
    "fully_connected": {"widths": (64,)},
    "cnn": {"channels": (8, 16)},
    "residual_cnn": {"channels": (8, 16)},
}


#: A property of many trainings; one network that trains at once shows it each time.
FAST = "fully_connected"
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in sorted(OPTIONS.keys() - {FAST})]


@pytest.mark.parametrize("architecture", [FAST, *SLOW])
def test_bfloat16_is_as_accurate_as_float32_within_the_noise_of_seeds(
    digits: ImageDataset, architecture: str
) -> None:
    accuracies = {
        precision: [_accuracy(digits, architecture, precision, seed) for seed in SEEDS]
        for precision in ("float32", "bfloat16")
    }

    means = {name: statistics.mean(values) for name, values in accuracies.items()}
    noise = sum(statistics.variance(values) / len(SEEDS) for values in accuracies.values()) ** 0.5
    # Four standard errors, and at least two images: seeds can agree by chance.
    assert abs(means["float32"] - means["bfloat16"]) <= max(4 * noise, 2 / len(digits.test))
    assert min(means.values()) > 0.85


def _accuracy(dataset: ImageDataset, architecture: str, precision: str, seed: int) -> float:
    recipe = Recipe(epochs=4, batch_size=32, learning_rate=3e-3, precision=precision)
    network = build(architecture, OPTIONS[architecture], dataset.image_shape, 10, seed=seed)
    trainer = Trainer(network, dataset, recipe, seed=seed, device=torch.device("cpu"))
    *_, last = trainer.epochs()
    return last.epoch.test.accuracy
