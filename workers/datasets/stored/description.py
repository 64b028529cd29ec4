"""What is known of a prepared dataset, as its file, its row in the database and the API have it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from workers.datasets.images.preparation import Preparation
from workers.datasets.upload_options import UploadOptions
from workers.storage.ready_datasets import DatasetIdentity


@dataclass(frozen=True)
class DatasetDescription:
    """A prepared dataset without its images."""

    classes: tuple[str, ...]
    sizes: dict[str, int]  # split → number of images
    sha256: str  # of the content, whatever file it came from
    split: str  # the rule by which it was split, see workers/datasets/listings/splits.py
    preparation: Preparation
    source: str = ""
    options: UploadOptions = field(default_factory=UploadOptions)  # that were chosen
    mean: tuple[float, ...] = ()  # of each channel over the train split, on the scale 0 to 1
    std: tuple[float, ...] = ()
    num_resized: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)  # reason, count, examples
    notes: list[str] = field(default_factory=list)  # what was found out and changed

    @property
    def identity(self) -> DatasetIdentity:
        """Content and split: what a training depends on."""
        return DatasetIdentity(self.sha256, self.split)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        geometry = self.preparation.geometry
        return self.preparation.channels, geometry.height, geometry.width

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        nested = {
            "preparation": self.preparation.as_json(),
            "options": self.options.as_json(),
        }
        return {**asdict(self), **nested}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DatasetDescription":
        """What as_json() gave."""
        tuples = {name: tuple(stored[name]) for name in ("classes", "mean", "std")}
        nested = {
            "preparation": Preparation.from_json(stored["preparation"]),
            "options": UploadOptions.from_json(stored["options"]),
        }
        return cls(**{**stored, **tuples, **nested})
