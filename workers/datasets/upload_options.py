"""What somebody who uploads a dataset can choose."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from workers.datasets.images.geometry import Fit

Damaged = Literal["refuse", "skip"]


@dataclass(frozen=True)
class UploadOptions:
    """How an upload is prepared; the defaults follow from all its images."""

    width: int | None = None  # in pixels; None: as all images have it, else by the median
    height: int | None = None
    fit: Fit | None = None  # None: crop
    test_share: float | None = None  # of all images, where there is no test split; None: 0.2
    damaged: Damaged = "refuse"

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "UploadOptions":
        """What as_json() gave."""
        return cls(**stored)
