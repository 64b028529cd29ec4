"""Which number is white, where pixels arrive as numbers: found once for all images of a request.

By its own numbers an image of a request would be as bright as any other, so all are on one scale.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from workers.datasets.images.pixel_scale import PixelScale

BYTES = PixelScale(0.0, 255.0)
SHARES = PixelScale(0.0, 1.0)
KINDS_OF_SHARES = "fb"  # of NumPy's types: floats, and true or false


class NumberScale(NamedTuple):
    """What is black and what is white, and what the answer says about it; an empty text if nothing."""

    scale: PixelScale
    note: str = ""

    def to_bytes(self, numbers: NDArray[Any]) -> NDArray[np.uint8]:
        """The numbers rounded to uint8; those that are on 0 to 255 as uint8 already are not copied."""
        if numbers.dtype == np.uint8 and self.scale != BYTES:
            numbers = numbers.astype(np.float64)
        return self.scale.to_bytes(numbers)

    def notes(self, num_images: int) -> list[list[str]]:
        """What is said about each of so many images."""
        return [[self.note] if self.note else [] for _ in range(num_images)]


def range_of(scale: PixelScale | None) -> str:
    """The numbers that pixels may be, in words."""
    return f"numbers {(scale or BYTES).black:g} to {(scale or BYTES).white:g}"


class Numbers(NamedTuple):
    """What the scale of a request is found from: all numbers of all its images."""

    lowest: float  # NaN where any is NaN
    highest: float
    are_bytes: bool  # all of them, by their type
    are_shares: bool  # they may be shares of white, by their types and the lowest


def measure(images: Sequence[NDArray[Any]]) -> Numbers:
    """What the numbers of the images of a request are."""
    lowest, highest = _extremes(images)
    has_shares = any(image.dtype.kind in KINDS_OF_SHARES for image in images)
    are_bytes = all(image.dtype == np.uint8 for image in images)
    return Numbers(lowest, highest, are_bytes, lowest >= 0 and has_shares)


def find_number_scale(
    numbers: Numbers, *, of_dataset: PixelScale | None, white: float | None, accepted: str
) -> NumberScale:
    """The scale that the numbers of all images of a request are on.

    What the request says is `white` holds. Else floats of which the largest lies in (0, 1] are on the
    scale 0 to 1, uint8 on 0 to 255, and other numbers on the scale `of_dataset` where its images had
    more than 8 bits. ImageError where a number is NaN or beyond the scale; `accepted` has `{}` for the
    range. Beyond the scale of a dataset it becomes black or white, as in training.
    """
    if numbers.are_bytes:
        of_dataset = None
    found = _choose(numbers, of_dataset, white)
    is_within = found.scale.black <= numbers.lowest and numbers.highest <= found.scale.white
    if is_within:  # NaN is not
        return found
    refused = f"{accepted.format(range_of(found.scale))}; some number is"
    if not np.isfinite([numbers.lowest, numbers.highest]).all():
        raise ImageError(f"{refused} outside: infinite or NaN")
    if found.scale is not of_dataset:
        raise ImageError(f"{refused} outside")
    return found._replace(note=note_on_clipping(found.scale))


def note_on_clipping(scale: PixelScale) -> str:
    """What is said where numbers are beyond the scale of the dataset."""
    return f"the dataset had {range_of(scale)}; what is beyond them became black or white"


def _extremes(images: Sequence[NDArray[Any]]) -> tuple[float, float]:
    """The lowest and the highest number; NaN where any is NaN, unlike Python's own min() and max()."""
    filled = [image for image in images if image.size]
    if not filled:
        return 0.0, 0.0
    lowest = np.min([float(image.min()) for image in filled])
    return float(lowest), float(np.max([float(image.max()) for image in filled]))


def _choose(numbers: Numbers, of_dataset: PixelScale | None, white: float | None) -> NumberScale:
    if white is not None:
        scale = PixelScale(0.0, white)
        note = f"{range_of(scale)} became 0 to 255, as asked" if scale != BYTES else ""
        return NumberScale(scale, note)
    default = of_dataset or BYTES
    if not 0 < numbers.highest <= 1 or default.white <= 1:
        return NumberScale(default)
    if numbers.are_shares:
        note = (
            f"{range_of(SHARES)} became 0 to 255: the largest is {numbers.highest:g}; where"
            f" {default.white:g} is white, ask with ?scale={default.white:g}"
        )
        return NumberScale(SHARES, note)
    note = f"no number is above 1, and {default.white:g} is white; where 1 is, ask with ?scale=1"
    return NumberScale(default, note)
