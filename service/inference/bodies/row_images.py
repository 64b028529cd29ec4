"""Images as nested lists of numbers, as JSON has them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import (
    SECONDS_PER_FILE,
    SECONDS_PER_NUMBER,
    SECONDS_PER_PIXEL,
    Cost,
    PreparedImages,
    fit_pixels,
)
from service.inference.bodies.number_scale import Numbers, find_number_scale, measure
from service.inference.bodies.pixels import as_array, channels_last
from workers.datasets.images.preparation import Preparation

NAME = "instances"
ACCEPTED = "accepted are {} as H×W or H×W×3"
KINDS_OF_NUMBERS = "iufb"  # of NumPy's types


class RowImages:
    """Images H×W or H×W×C that have arrived as nested lists; ImageError names the first that is none."""

    def __init__(self, images: Sequence[Any]) -> None:
        self._images = [
            _parse(rows, accepted=f"{NAME}[{index}]: {ACCEPTED.format('numbers')}")
            for index, rows in enumerate(images)
        ]

    def __len__(self) -> int:
        return len(self._images)

    def costs(self, preparation: Preparation) -> Sequence[Cost]:
        """What it takes to prepare each."""
        del preparation
        return [
            Cost(SECONDS_PER_FILE + image.size * (SECONDS_PER_NUMBER + SECONDS_PER_PIXEL), 0)
            for image in self._images
        ]

    def prepare(
        self, preparation: Preparation, part: slice, white: float | None = None
    ) -> PreparedImages:
        """Prepare a part of them; all are on one scale. ImageError."""
        found = find_number_scale(
            self._measured,
            of_dataset=preparation.scale,
            white=white,
            accepted=f"{NAME}: {ACCEPTED}",
        )
        return PreparedImages.of(
            [
                fit_pixels(found.to_bytes(image), preparation, found.note)
                for image in self._images[part]
            ]
        )

    @cached_property
    def _measured(self) -> Numbers:
        return measure(self._images)


def _parse(rows: Any, *, accepted: str) -> NDArray[Any]:
    """Numbers (H, W, C), of a whole type where all are whole."""
    if not isinstance(rows, list):
        raise ImageError(f"{accepted}; it is no array")
    try:
        numbers = as_array(rows)
    except (ValueError, TypeError, OverflowError):
        raise ImageError(f"{accepted}; the rows are uneven") from None
    if numbers.size and numbers.dtype.kind not in KINDS_OF_NUMBERS:
        raise ImageError(f"{accepted}; the rows hold other things")
    return channels_last(numbers, leading_axes=0, accepted=accepted)
