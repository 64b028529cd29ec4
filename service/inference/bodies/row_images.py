"""Images as nested lists of numbers, as JSON has them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import PreparedImages, fit_pixels
from service.inference.bodies.number_scale import find_number_scale, range_of
from service.inference.bodies.pixels import channels_last
from workers.datasets.images.preparation import Preparation

NAME = "instances"
ACCEPTED = "accepted are {} as H×W or H×W×3"
KINDS_OF_NUMBERS = "iufb"  # of NumPy's types


class RowImages:
    """Images H×W or H×W×C of a request, not looked at yet."""

    def __init__(self, images: Sequence[Any]) -> None:
        for index, rows in enumerate(images):
            if not isinstance(rows, list):
                accepted = ACCEPTED.format("pixels 0 to 255")
                raise ImageError(f"{NAME}[{index}] is no array; {accepted}")
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def seconds_to_prepare(self, preparation: Preparation) -> float:
        """Nothing to speak of: a thread would hold the interpreter's lock, and gain nothing."""
        del preparation
        return 0.0

    def prepare(self, preparation: Preparation, white: float | None = None) -> PreparedImages:
        """Prepare all images, on one scale; ImageError names the first that is none."""
        accepted = ACCEPTED.format(range_of(preparation.scale))
        numbers = [
            _parse(rows, accepted=f"{NAME}[{index}]: {accepted}")
            for index, rows in enumerate(self._images)
        ]
        found = find_number_scale(
            numbers, of_dataset=preparation.scale, white=white, accepted=f"{NAME}: {ACCEPTED}"
        )
        return PreparedImages.of(
            [fit_pixels(found.to_bytes(image), preparation, found.note) for image in numbers]
        )


def _parse(rows: list[Any], *, accepted: str) -> NDArray[Any]:
    """Numbers (H, W, C), of a whole type where all are whole."""
    try:
        numbers = np.asarray(rows)
    except (ValueError, TypeError, OverflowError):
        raise ImageError(f"{accepted}; the rows are uneven") from None
    if numbers.size and numbers.dtype.kind not in KINDS_OF_NUMBERS:
        raise ImageError(f"{accepted}; the rows hold other things")
    return channels_last(numbers, leading_axes=0, accepted=accepted)
