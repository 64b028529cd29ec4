"""Real digits as pictures."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits


@pytest.fixture(scope="module")
def digit_images():
    pixels = (load_digits().images[1500:1532] * (255 / 16)).round().astype(np.uint8)
    return [Image.fromarray(image) for image in pixels]
