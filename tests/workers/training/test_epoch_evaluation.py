"""After an epoch few images are evaluated for each one trained on, and in little memory."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from workers.training.epoch_evaluation import (
    IMAGES_PER_TRAINED,
    MIN_SCORED,
    SampleSizes,
    sample_sizes,
)


def test_mnist_is_evaluated_on_all_test_images_and_cifar_10_on_most() -> None:
    mnist = sample_sizes(54_000, 6_000, 10_000, image_bytes=28 * 28)
    assert mnist == SampleSizes(train=2_440, test=10_000, dead_units=1_000)
    cifar = sample_sizes(45_000, 5_000, 10_000, image_bytes=3 * 32 * 32)
    assert cifar == SampleSizes(train=1_700, test=8_500, dead_units=1_000)


def test_few_small_images_are_read_whole() -> None:
    assert sample_sizes(1350, 150, 297, image_bytes=64) == SampleSizes(1350, 297, 1350)


@given(num_train=st.integers(1000, 10**6), share=st.floats(0, 0.25), num_test=st.integers(1, 10**6))
def test_few_images_are_evaluated_for_each_one_trained_on(
    num_train: int, share: float, num_test: int
) -> None:
    num_validation = int(share * num_train)

    sizes = sample_sizes(num_train, num_validation, num_test, image_bytes=300 * 300)

    evaluated = sizes.train + sizes.test + sizes.dead_units + num_validation
    fewest = num_validation + sizes.dead_units + 2 * MIN_SCORED  # read whatever they cost
    assert evaluated <= max(IMAGES_PER_TRAINED * num_train + MIN_SCORED, fewest)
    assert sizes.test >= min(num_test, MIN_SCORED)


PHOTOGRAPHS = r"""
import re, torch
from pathlib import Path
from workers.datasets.image_dataset import ImageDataset, Split
from workers.training.final_evaluation import evaluate_trained
from workers.training.hardware import device
from workers.training.measuring import latency
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build

latency.WARM_UP_SECONDS = latency.MEASURE_SECONDS = 0
latency.MIN_SAMPLES = 1
cpu = torch.device("cpu")
device.prepare(cpu)

def split(number):
    images = torch.randint(0, 256, (number, 1, 300, 300), dtype=torch.uint8)
    return Split(images, torch.arange(number) % 2)

photographs = ImageDataset("photographs", ("a", "b"), "", split(32), split(8), split(140))
network = build("cnn", {}, photographs.image_shape, 2, seed=0)
recipe = Recipe(epochs=1, batch_size=8)
trainer = Trainer(network, photographs, recipe, seed=0, device=cpu)
list(trainer.epochs())
evaluate_trained(trainer, photographs)
status = Path("/proc/self/status").read_text()  # getrusage knows the peak of the parent too
print(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024)
"""


def test_large_images_are_evaluated_in_small_batches() -> None:
    """By 128 images, as small ones are, the peak is above 2,000 MiB."""
    ended = subprocess.run(
        [sys.executable, "-c", PHOTOGRAPHS], capture_output=True, text=True, check=True
    )

    assert int(ended.stdout) < 1200
