"""Parts of images, enlarged, and changes of their place."""

import math

import pytest
import torch
from torch import Tensor

from models import ImageShape
from models._torchvision import import_torchvision
from workers.training.augmentation.draws import by_name, draw
from workers.training.augmentation.resampling import positions, resample, resized_crop_and_flip
from workers.training.recipe import Recipe

import_torchvision()
from torchvision.transforms.v2 import functional as reference  # noqa: E402 - see import_torchvision()

RESIZED, SHAPE = Recipe(augmentation="resized_crop_and_flip"), ImageShape(2, 64, 96)


def numbers(area: float, row: float, column: float, *, flip: int = 0) -> dict[str, Tensor]:
    """Of a crop with this share of the area, relative to what can be drawn, and the image's shape."""
    shares = {"crop_area": area, "crop_ratio": 0.5, "crop_row": row, "crop_column": column}
    values = {name: torch.full((2,), value) for name, value in shares.items()}
    return {**values, "flip": torch.full((2,), flip)}


def test_images_at_their_own_positions_are_themselves(photographs: Tensor) -> None:
    across, down = positions(photographs)

    same = resample(photographs, (across.expand(2, 60, 90), down.expand(2, 60, 90)))

    torch.testing.assert_close(same, photographs, rtol=0, atol=1e-4)


@pytest.mark.parametrize("flip", [0, 1])
def test_a_crop_of_the_whole_image_is_the_image_or_its_mirror_image(
    photographs: Tensor, flip: int
) -> None:
    where = resized_crop_and_flip(positions(photographs), numbers(1, 0.3, 0.8, flip=flip))

    wanted = photographs.flip(3) if flip else photographs
    torch.testing.assert_close(resample(photographs, where), wanted, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("row", "column"), [(0.0, 0.0), (1.0, 0.2), (0.2, 1.0)])
def test_a_part_is_enlarged_as_torchvision_does(
    photographs: Tensor, row: float, column: float
) -> None:
    height, width = photographs.shape[2:]
    share = (1 / 4 - 0.08) / 0.92  # half of the height, and of the width
    where = resized_crop_and_flip(positions(photographs), numbers(share, row, column))

    found = resample(photographs, where)

    top, left = round(row * height / 2), round(column * width / 2)
    wanted = reference.resized_crop(
        photographs, top, left, height // 2, width // 2, [height, width], antialias=False
    )
    inner = (..., slice(2, -2), slice(2, -2))  # we look beyond the part, where the image goes on
    torch.testing.assert_close(found[inner], wanted[inner], rtol=0, atol=1e-3)


def test_parts_have_8_to_100_percent_of_the_area_and_a_shape_near_the_image_s() -> None:
    # The values of an image that says where its pixels are tell which part was taken.
    down, across = torch.meshgrid(torch.arange(64.0), torch.arange(96.0), indexing="ij")
    batch = torch.stack([down / 64, across / 96]).expand(500, 2, 64, 96)
    drawn = by_name(draw(RESIZED, 500, SHAPE, torch.Generator().manual_seed(0)), RESIZED, SHAPE)

    parts = resample(batch, resized_crop_and_flip(positions(batch), drawn))

    height, width = (
        (parts[:, channel].amax(dim=(1, 2)) - parts[:, channel].amin(dim=(1, 2)))
        * pixels
        / (pixels - 1)
        for channel, pixels in ((0, 64), (1, 96))
    )
    area, ratio = height * width, height / width
    assert 0.07 < float(area.min()) < 0.15
    assert float(area.max()) > 0.9
    assert 0.5 < float(area.mean()) < 0.56
    assert 3 / 4 - 0.03 < float(ratio.min()) < 0.8
    assert 1.25 < float(ratio.max()) < 4 / 3 + 0.03
    assert 0 <= float(parts.min()) <= float(parts.max()) <= 1  # nothing comes from outside
    is_mirrored = parts[:, 1, 0, 0] > parts[:, 1, 0, -1]
    assert float(is_mirrored.float().mean()) == pytest.approx(0.5, abs=5 * math.sqrt(0.25 / 500))
