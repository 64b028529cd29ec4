"""The images that are sent: digits as PNG, and a photograph."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.uploads.files import PHOTO, jpeg, smooth_noise

NUM_DIGITS = 24


@dataclass(frozen=True)
class Picture:
    """An image file, and its pixels (H, W) where it has the size of the models' images."""

    name: str
    content: bytes
    pixels: NDArray[np.uint8] | None


def make_pictures() -> list[Picture]:
    """The same in every soak."""
    generator = np.random.default_rng(0)
    made = []
    for number in range(NUM_DIGITS):
        pixels = generator.integers(0, 256, (8, 8), dtype=np.uint8)
        written = io.BytesIO()
        Image.fromarray(pixels).save(written, "PNG")
        made.append(Picture(f"digit {number}", written.getvalue(), pixels))
    photo = jpeg(smooth_noise(generator, *PHOTO))
    return [*made, Picture("photograph", photo, None)]
