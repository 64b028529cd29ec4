"""The body that asks for a comparison: of architectures to train, or of existing jobs."""

import math
from collections import Counter
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, model_validator
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.requests.architecture_fit import ImagesRefusedError, find_misfit
from service.requests.fields import (
    Folds,
    Form,
    Name,
    Priority,
    RecipeForm,
    Seed,
    check_options,
    find_image_shape,
    is_none,
    require_dataset,
    require_images_for_folds,
)
from service.requests.heads import refuse_without_effect
from workers.datasets.stored.store import DatasetStore
from workers.queue.comparisons import ComparisonRequest, default_name
from workers.training.recipe import Recipe

MAX_SEEDS = 50
MAX_ARCHITECTURES = 50
MAX_JOBS = 500  # that exist already
MAX_TRAININGS = MAX_ARCHITECTURES * MAX_SEEDS
Label = Annotated[Name, Field(min_length=1, max_length=60)]


class ArchitectureEntry(Form):
    """An architecture with options, under a label of its own."""

    name: Name
    label: Label | None = Field(None, description="what charts call it; default: its name")
    options: dict[str, Any] = Field({}, description="of the architecture; see its schema")


def _expand_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _expand_seeds(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if not 1 <= value <= MAX_SEEDS:
        raise ValueError(f"1 to {MAX_SEEDS} seeds are accepted")
    return list(range(value))


class NewComparison(Form):
    """What to compare. Every architecture sees the same data, split, order, recipe and seeds."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "dataset": "digits",
                "architectures": ["fully_connected", "cnn", "residual_cnn"],
                "recipe": {"epochs": 5},
                "seeds": 3,
            }
        },
    )

    name: Name = ""
    dataset: Name
    architectures: list[
        Annotated[
            ArchitectureEntry,
            BeforeValidator(_expand_name, json_schema_input_type=str | ArchitectureEntry),
        ]
    ] = Field(min_length=1, max_length=MAX_ARCHITECTURES)
    # By a factory, which the schema does not show: generators of clients stumble over a default that is
    # an object where the type is a union.
    recipe: RecipeForm = Field(default_factory=Recipe)
    seeds: Annotated[
        list[Seed], BeforeValidator(_expand_seeds, json_schema_input_type=int | list[Seed])
    ] = Field(
        [0, 1, 2],
        min_length=1,
        max_length=MAX_SEEDS,
        description="how many (seeds 0, 1, …), or the seeds themselves; default: 3, with folds 1",
    )
    folds: Folds | None = Field(
        None,
        exclude_if=is_none,
        description="cross-validation: all images are divided into so many parts, each of which"
        " tests what was trained on the others; default: the dataset's own test split",
    )
    priority: Priority = 0

    @model_validator(mode="before")
    @classmethod
    def _default_to_one_seed(cls, value: Any) -> Any:
        """Each fold is a training already, and their statistics need no other seed."""
        if isinstance(value, dict) and value.get("folds") is not None and "seeds" not in value:
            return {**value, "seeds": 1}
        return value

    @model_validator(mode="after")
    def _refuse_duplicates(self) -> "NewComparison":
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError("seeds: each is accepted once")
        duplicates = [label for label, count in Counter(self.labels).items() if count > 1]
        if duplicates:
            raise ValueError(
                f"architectures: '{duplicates[0]}' is there twice; give each its own label"
            )
        return self

    @model_validator(mode="after")
    def _refuse_too_many_trainings(self) -> "NewComparison":
        factors = (len(self.architectures), len(self.seeds), self.folds or 1)
        if math.prod(factors) > MAX_TRAININGS:
            architectures, seeds, folds = factors
            raise ValueError(
                f"{architectures} architectures × {seeds} seeds × {folds} folds are"
                f" {math.prod(factors):,} trainings; a comparison has {MAX_TRAININGS:,} at most"
            )
        return self

    @property
    def labels(self) -> list[str]:
        """What charts call each architecture."""
        return [entry.label or entry.name for entry in self.architectures]

    def misfit(self, database: Engine) -> ImagesRefusedError | None:
        """Why a network cannot be trained on the dataset, if that is known; see find_misfit()."""
        wanted = [(entry.name, entry.options) for entry in self.architectures]
        return find_misfit(database, self.dataset, wanted, self.recipe.batch_size)

    def comparison(self, session: Session, store: DatasetStore) -> ComparisonRequest:
        """The comparison to create; UnknownNameError, OptionError or ContentError if it cannot be."""
        require_dataset(session, self.dataset)
        require_images_for_folds(session, store, self.dataset, self.folds)
        image_shape = find_image_shape(session, self.dataset)
        architectures: list[dict[str, Any]] = [
            {
                "name": entry.name,
                "label": label,
                "options": check_options(entry.name, entry.options, image_shape),
            }
            for entry, label in zip(self.architectures, self.labels, strict=True)
        ]
        for architecture in architectures:
            refuse_without_effect(architecture["name"], architecture["options"])
        return ComparisonRequest(
            name=self.name or default_name(self.dataset, architectures),
            dataset=self.dataset,
            architectures=architectures,
            recipe=self.recipe.as_stored(),
            recipe_hash=self.recipe.hash,
            seeds=self.seeds,
            folds=self.folds,
            priority=self.priority,
            pins_dataset=image_shape is not None,  # what is not ready has no content yet
        )


class ComparisonOfJobs(Form):
    """Existing jobs to compare: one dataset, split and recipe, as many folds, each training once."""

    model_config = ConfigDict(json_schema_extra={"example": {"jobs": ["4kx0c2mq7d1e", "latest"]}})

    name: Name = ""
    jobs: list[Name] = Field(
        min_length=2, max_length=MAX_JOBS, description="ids; no job that has failed"
    )

    @model_validator(mode="after")
    def _refuse_duplicates(self) -> "ComparisonOfJobs":
        if len(set(self.jobs)) != len(self.jobs):
            raise ValueError("jobs: each is accepted once")
        return self


def _parse(value: Any) -> NewComparison | ComparisonOfJobs:
    form = ComparisonOfJobs if isinstance(value, dict) and "jobs" in value else NewComparison
    return form.model_validate(value, from_attributes=True)


#: A body with `jobs` is a ComparisonOfJobs, so that a mistake in it is described as one of that form.
ComparisonForm = Annotated[
    NewComparison | ComparisonOfJobs,
    PlainValidator(_parse, json_schema_input_type=NewComparison | ComparisonOfJobs),
]
