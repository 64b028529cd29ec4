"""The fields that bodies have in common; an unknown name is refused with the nearest known one."""

import dataclasses
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)
from sqlalchemy.orm import Session

from models import (
    ImageShape,
    UnknownNameError,
    architectures,
    fitting_options,
    needs_weights,
)
from service.requests.architecture_options import OptionError, validate_options
from workers.datasets.known import datasets
from workers.datasets.listings.splits import refuse_too_few_for_folds
from workers.datasets.stored.loading import all_labels
from workers.datasets.stored.registration import find_description
from workers.datasets.stored.store import DatasetStore
from workers.engines import engines
from workers.storage import ready_datasets
from workers.training.presets import PRESETS
from workers.training.recipe import Recipe
from workers.weights.store import check_name

HIGHEST_SEED = 2**31 - 1
MAX_FOLDS = 20
LOWEST_RESOLUTION = 8  # pixels a side; stored networks may have less

#: Numbers are strict: else true would be 1, and "5" a number.
Seed = Annotated[int, Field(strict=True, ge=0, le=HIGHEST_SEED)]
Folds = Annotated[int, Field(strict=True, ge=2, le=MAX_FOLDS)]
Priority = Annotated[int, Field(strict=True, ge=-100, le=100, description="higher goes first")]
#: One line of text: databases and charts take no control characters.
Name = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Form(BaseModel):
    """A JSON object with known fields; for any other the nearest known one is suggested."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, value: Any) -> Any:
        return _refuse_unknown_fields(value, list(cls.model_fields))


def _refuse_unknown_fields(value: Any, known: list[str]) -> Any:
    unknown = [name for name in value if name not in known] if isinstance(value, dict) else []
    if unknown:
        raise ValueError(str(UnknownNameError("field", str(unknown[0])[:100], known)))
    return value


def _expand_recipe(value: Any) -> Any:
    if isinstance(value, str):
        if value not in PRESETS:
            raise ValueError(str(UnknownNameError("recipe", value[:100], list(PRESETS))))
        return PRESETS[value]
    return _refuse_unknown_fields(value, [field.name for field in dataclasses.fields(Recipe)])


#: The name of a preset; `x-presets` has the fields that each stands for, for forms to start from.
PresetName = Annotated[
    str,
    Field(
        json_schema_extra={
            "enum": [*PRESETS],
            "x-presets": {name: recipe.as_stored() for name, recipe in PRESETS.items()},
        }
    ),
]
#: A recipe in a body: its fields, or the name of a preset. It is written as it is stored, so that the
#: fingerprint of a request (Idempotency-Key) stays the same when fields are added.
RecipeForm = Annotated[
    Recipe,
    BeforeValidator(_expand_recipe, json_schema_input_type=Recipe | PresetName),
    PlainSerializer(Recipe.as_stored),
]


def require_dataset(session: Session, name: str) -> None:
    """UnknownNameError unless the dataset is ready or can be fetched."""
    if name not in datasets and ready_datasets.find(session, name) is None:
        raise UnknownNameError("dataset", name, sorted({*datasets, *ready_datasets.names(session)}))


def is_none(value: object) -> bool:
    """Leave a field that was added later out of a body, so that its fingerprint stays the same."""
    return value is None


def require_images_for_folds(
    session: Session, store: DatasetStore, name: str, folds: int | None
) -> None:
    """ContentError where a dataset has too few images for its folds.

    A dataset that this machine has no file of is not looked at: its jobs fail with the same sentence.
    """
    described = find_description(session, name) if folds else None
    if folds is None or described is None:
        return
    try:
        labels = all_labels(store.local_path(described.identity))
    except FileNotFoundError:
        return
    refuse_too_few_for_folds(labels, described.classes, folds)


def find_image_shape(session: Session, dataset: str) -> ImageShape | None:
    """The shape of the images of a dataset; None where it has yet to be fetched."""
    described = find_description(session, dataset)
    return ImageShape(*described.image_shape) if described else None


def check_options(
    architecture: str, options: dict[str, Any], image_shape: ImageShape | None
) -> dict[str, Any]:
    """The options of an architecture as they are stored; UnknownNameError, OptionError, WeightsNameError.

    Those that follow from the images are chosen where they are not named. Images of unknown shape count
    as small: a dataset that has yet to be fetched is a known one, and those have small images.
    """
    fitting = fitting_options(architectures[architecture], image_shape) if image_shape else {}
    validated = validate_options(architecture, {**fitting, **options})
    missing = needs_weights(validated)
    if missing:
        raise OptionError(
            f"option '{missing}' of '{architecture}' is for a pretrained network; ask for its weights"
            ' with "pretrained": true'
        )
    pretrained = validated.get("pretrained")
    if isinstance(pretrained, str):
        _check_asked(architecture, pretrained)
    if 0 < validated.get("resolution", 0) < LOWEST_RESOLUTION:
        raise OptionError(
            f"option 'resolution' of '{architecture}': accepted are {LOWEST_RESOLUTION} to 1024 pixels;"
            " left out, the network takes images as they are, or with pretrained weights at the size"
            " that those expect"
        )
    if pretrained and not validated.get("resolution"):
        validated["resolution"] = architectures.catalogue[architecture].image_shape.height
    return validated


def _check_asked(architecture: str, pretrained: str) -> None:
    """OptionError for a boolean that is written as text, WeightsNameError for what names no weights."""
    if pretrained.lower() in {"true", "false"}:
        raise OptionError(
            f"option 'pretrained' of '{architecture}': '{pretrained}' is text; for the weights that timm"
            " recommends send true, in lower case and without quotes, else the name of weights or a tag"
        )
    check_name(pretrained)


def check_engine(name: str) -> str:
    """The name of an engine; UnknownNameError where no engine has it."""
    if name not in engines:
        raise UnknownNameError("engine", name, list(engines))
    return name
