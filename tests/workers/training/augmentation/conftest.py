"""Two real photographs."""

import pytest
import torch
from sklearn.datasets import load_sample_image
from torch import Tensor


@pytest.fixture(scope="session")
def stored_photographs() -> Tensor:
    """A temple and a flower, (2, 3, 60, 90), as they are stored."""
    both = [
        torch.from_numpy(load_sample_image(name).copy()) for name in ("china.jpg", "flower.jpg")
    ]
    return torch.stack(both).permute(0, 3, 1, 2)[:, :, 60:360:5, 90:540:5].contiguous()


@pytest.fixture(scope="session")
def photographs(stored_photographs: Tensor) -> Tensor:
    """The same as pixels of 0 to 1."""
    return stored_photographs.float().div(255)
