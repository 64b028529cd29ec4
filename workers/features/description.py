"""What is wanted of features, and what is kept beside them: how they were computed, and at what cost."""

import hashlib
import json
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from workers.storage.ready_datasets import DatasetIdentity
from workers.weights.wanted import FoundWeights

FOLDER = "features"  # of the artifact store
SCRATCH = ".read-"  # begins the names of folders in which features are read
VERSION = 1  # of how features are computed; those of another version are not used

EngineName = Literal["torch", "onnxruntime"]


class WantedFeatures(NamedTuple):
    """All that the features of a dataset depend on, but for the engine that computes them."""

    architecture: str  # such as "timm/efficientnet_lite0"
    resolution: int
    dataset: DatasetIdentity
    weights: FoundWeights
    #: Mean and standard deviation of the pixels that the weights expect, of each channel.
    scale: tuple[tuple[float, ...], tuple[float, ...]]

    @property
    def key(self) -> str:
        """What these features are found by."""
        parts = (
            VERSION,
            self.architecture,
            self.resolution,
            *self.dataset,
            self.weights.sha256,
            self.scale,
        )
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Fields(BaseModel):
    """JSON with known fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Trial(Fields):
    """What came of an engine that was tried on some train images.

    The difference is from the features of torch, in standard deviations of each feature.
    """

    engine: EngineName
    images: int
    images_per_second: float
    largest_difference: float


class FeaturesDescription(Fields):
    """How features were computed, and what their backbone costs, measured once for all heads."""

    sha256: str  # of the file that holds them
    num_images: int
    num_features: int
    dtype: Literal["float16", "float32"]
    engine: EngineName
    trials: list[Trial]  # the fastest engine was taken
    seconds: float  # of the trials and of all features
    trial_seconds: float | None = None  # of these, until an engine was chosen; None: not kept then
    images_per_second: float  # without the trials
    device: str
    device_name: str
    threads: int
    versions: dict[str, str]
    weights: dict[str, Any]  # their name, sha256, source and licence
    flops: int  # of the features of one image; a multiply-add counts as two
    latency: list[dict[str, Any]]  # `workers.training.results.Latency`: with a head, in float32
