"""Images are normalised in memory of their own, whatever numbers they are."""

import pytest
import torch

from workers.training.normalisation import Normalisation


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float32])
@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_what_is_normalised_stays_as_it_is(dtype: torch.dtype, layout: torch.memory_format) -> None:
    images = torch.arange(8).view(2, 4, 1, 1).to(dtype)
    normalise = Normalisation((0.1,) * 4, (0.2,) * 4, torch.device("cpu"), layout=layout)
    before = images.clone()

    first, again = normalise(images), normalise(images)

    assert torch.equal(images, before)
    assert torch.equal(first, again)
