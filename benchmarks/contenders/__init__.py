"""Ways to train the same network on the same images, each a program that prints its seconds.

`python -m benchmarks.contenders.NAME ARCHITECTURE NUM_IMAGES` trains two epochs at batch 128 with
Adam at 1e-3 and prints the seconds of the second epoch, without evaluation, as JSON. The first epoch
is the warm-up for compilation, allocation and caches.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BATCH_SIZE = 128
LEARNING_RATE = 1e-3
NUM_CLASSES = 10
EPOCHS = 2
#: The six networks of the assignment, and the channels, height and width of their images.
SHAPES = {
    "fully_connected": (1, 28, 28),
    "cnn": (1, 28, 28),
    "residual_cnn": (1, 28, 28),
    "deep_fully_connected": (3, 32, 32),
    "deep_residual_cnn": (3, 32, 32),
    "regularised_residual_cnn": (3, 32, 32),
}
#: Images of an epoch: long enough to be timed, and to hide the work that is done once for an epoch.
IMAGES = {
    "fully_connected": 51_200,
    "cnn": 6_400,
    "residual_cnn": 6_400,
    "deep_fully_connected": 25_600,
    "deep_residual_cnn": 2_560,
    "regularised_residual_cnn": 2_560,
}


@dataclass(frozen=True)
class Work:
    """What a contender trains: uint8 images (N, C, H, W) with labels (N,)."""

    architecture: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    mean: tuple[float, ...]  # by channel, on the scale 0 to 1
    std: tuple[float, ...]
    epochs: int = EPOCHS
    seed: int = 0
    batch_size: int = BATCH_SIZE

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        return SHAPES[self.architecture]


def noise(architecture: str, num_images: int) -> Work:
    """Images of noise: the time of a training does not depend on what they show."""
    generator = np.random.default_rng(0)
    size = (num_images, *SHAPES[architecture])
    channels = size[1]
    return Work(
        architecture,
        generator.integers(0, 256, size, dtype=np.uint8),
        generator.integers(0, NUM_CLASSES, num_images),
        mean=(0.5,) * channels,
        std=(0.29,) * channels,
    )


def main(seconds_of_second_epoch: Callable[[Work], float]) -> None:
    """Make the images, train, and print the seconds."""
    seconds = seconds_of_second_epoch(noise(sys.argv[1], int(sys.argv[2])))
    sys.stdout.write(json.dumps({"seconds": seconds}) + "\n")
