"""The hyper-parameters of one training."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from models import Bounds, omitted_options
from workers.errors import BakeoffError

#: What a recipe may ask for; see `workers.training.hardware.precision`.
AskedPrecision = Literal["auto", "float32", "bfloat16"]

#: The fields that change images, or that show a network several forms of an image.
OF_IMAGES: Final = (
    "augmentation",
    "augmentation_policy",
    "colour_jitter",
    "erasing",
    "mix",
    "test_flips",
)


class NewerRecipeError(BakeoffError):
    """A stored recipe has a field that this version does not know."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"the recipe has the field '{field}', which a newer version stored and this one does not"
            " know; update this worker"
        )


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How every architecture of a comparison is trained: the same for all, for fairness.

    A field that is added is marked `omitted_at_default`; a test demands it.
    """

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
        Literal["none", "crop", "crop_and_flip", "resized_crop_and_flip"],
        Bounds(
            "crop is a random shift by up to 1/8 of the side, and a resized crop a random part of 8 to 100 %"
            " of the area, enlarged to the whole; flip is a horizontal mirror, of half of the images"
        ),
    ] = "none"
    early_stopping_patience: Annotated[
        int,
        Bounds("epochs without a better validation loss; 0 never stops", 0, 1000),
    ] = 0
    precision: Annotated[
        AskedPrecision,
        Bounds("of the arithmetic; auto takes bfloat16 where the hardware computes in it"),
    ] = "auto"
    balance: Annotated[
        Literal["none", "weights", "sampling"],
        Bounds(
            "makes up for classes of unequal size: weights multiplies the loss of an image by the"
            " inverse frequency of its class, sampling draws each class equally often",
            omitted_at_default=True,
        ),
    ] = "none"
    warm_up: Annotated[
        float,
        Bounds(
            "share of all steps in which the learning rate rises to its peak, from a 25th of it; 0 leaves"
            " it to the schedule, of which one_cycle alone rises, over 0.3",
            0,
            0.9,
            omitted_at_default=True,
        ),
    ] = 0.0
    ema_decay: Annotated[
        float,
        Bounds(
            "per step, of an exponential moving average of the weights, which is then what is evaluated"
            " and kept; in step t at most (1 + t)/(10 + t); 0 keeps the weights themselves",
            0,
            0.99999,
            omitted_at_default=True,
        ),
    ] = 0.0
    test_flips: Annotated[
        bool,
        Bounds(
            "evaluates and serves the mean of the logits of an image and of its horizontal mirror image,"
            " for twice the operations",
            omitted_at_default=True,
        ),
    ] = False
    augmentation_policy: Annotated[
        Literal["none", "trivial_augment"],
        Bounds(
            "trivial_augment changes each image by one operation of random strength: a rotation, a shear, a"
            " shift, or a change of its colours",
            omitted_at_default=True,
        ),
    ] = "none"
    colour_jitter: Annotated[
        float,
        Bounds(
            "largest share by which brightness, contrast and saturation of an image become more or less",
            0,
            1,
            omitted_at_default=True,
        ),
    ] = 0.0
    erasing: Annotated[
        float,
        Bounds(
            "share of the images of which a random rectangle is covered by their mean colour",
            0,
            1,
            omitted_at_default=True,
        ),
    ] = 0.0
    mix: Annotated[
        Literal["none", "mixup", "cutmix"],
        Bounds(
            "mixes each image of a batch, and its label in the loss, with another one: mixup blends the two,"
            " cutmix pastes a rectangle of the other into it",
            omitted_at_default=True,
        ),
    ] = "none"

    @property
    def hash(self) -> str:
        """Ten hex digits that name this recipe: equal recipes have equal hashes."""
        text = json.dumps(self.as_stored(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def as_stored(self) -> dict[str, Any]:
        """The fields as they are stored and hashed; see `Bounds.omitted_at_default`."""
        values = dataclasses.asdict(self)
        omitted = omitted_options(type(self), values)
        return {name: value for name, value in values.items() if name not in omitted}

    def of_features(self) -> Self:
        """The same recipe for a training on features, which are of images as they are."""
        unchanged = {name: getattr(type(self), name) for name in OF_IMAGES}
        return dataclasses.replace(self, **unchanged)

    @classmethod
    def from_stored(cls, values: Mapping[str, Any]) -> Self:
        """The recipe of a job, by whatever version it was stored; NewerRecipeError."""
        known = {field.name for field in dataclasses.fields(cls)}
        for name in values:
            if name not in known:
                raise NewerRecipeError(name)
        return cls(**values)


def changes_of_images(recipe: Mapping[str, Any]) -> list[str]:
    """The fields of a stored recipe that ask for other images than those of the dataset."""
    unchanged = {name: getattr(Recipe, name) for name in OF_IMAGES}
    return [name for name, value in unchanged.items() if recipe.get(name, value) != value]
