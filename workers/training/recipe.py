"""The hyper-parameters of one training."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from models import Bounds

#: What a recipe may ask for; see `workers.training.hardware.precision`.
AskedPrecision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How every architecture of a comparison is trained: the same for all, for fairness."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    epochs: Annotated[int, Bounds("passes over the train split", 1, 1000)] = 5
    batch_size: Annotated[int, Bounds("images per step", 1, 8192)] = 128
    optimizer: Annotated[Literal["adam", "adamw", "sgd"], Bounds("update rule")] = "adam"
    learning_rate: Annotated[float, Bounds("peak of the schedule", 1e-8, 10)] = 1e-3
    schedule: Annotated[
        Literal["constant", "cosine", "one_cycle"], Bounds("how the learning rate moves per step")
    ] = "constant"
    momentum: Annotated[float, Bounds("of SGD (Nesterov); no other reads it", 0, 0.999)] = 0.9
    weight_decay: Annotated[
        float, Bounds("decoupled in adamw, added to the gradient in adam and sgd", 0, 1)
    ] = 0.0
    label_smoothing: Annotated[float, Bounds("share spread over all classes", 0, 0.5)] = 0.0
    augmentation: Annotated[
        Literal["none", "crop", "crop_and_flip"],
        Bounds("random shift by up to 1/8 of the side, and for crop_and_flip a horizontal mirror"),
    ] = "none"
    early_stopping_patience: Annotated[
        int,
        Bounds("epochs without a better validation loss; 0 never stops", 0, 1000),
    ] = 0
    precision: Annotated[
        AskedPrecision,
        Bounds("of the arithmetic; auto takes bfloat16 where the hardware computes in it"),
    ] = "auto"

    @property
    def hash(self) -> str:
        """Ten hex digits that name this recipe: equal recipes have equal hashes."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:10]
