"""The body that asks for one training."""

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator
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
from workers.queue.jobs import JobRequest
from workers.storage.kind_names import TRAIN
from workers.training.recipe import Recipe


class TrainingRequest(Form):
    """One training: an architecture, a dataset, a recipe, a seed, and where it is asked for a fold."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"dataset": "digits", "architecture": "cnn", "recipe": {"epochs": 5}}
        },
    )

    dataset: Name
    architecture: Name
    options: dict[str, Any] = Field({}, description="of the architecture; see its schema")
    # By a factory, which the schema does not show: generators of clients stumble over a default that is
    # an object where the type is a union.
    recipe: RecipeForm = Field(default_factory=Recipe)
    seed: Seed = 0
    fold: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, exclude_if=is_none, description="that tests, from 1 to `folds`; goes with them"
    )
    folds: Folds | None = Field(
        None, exclude_if=is_none, description="parts into which all images are divided"
    )
    priority: Priority = 0

    @model_validator(mode="after")
    def _refuse_half_a_fold(self) -> Self:
        if (self.fold is None) != (self.folds is None):
            raise ValueError("'fold' and 'folds' go together, as {\"fold\": 2, \"folds\": 5}")
        if self.fold is not None and self.folds is not None and self.fold > self.folds:
            raise ValueError(f"there is no fold {self.fold} of {self.folds}")
        return self

    def misfit(self, database: Engine) -> ImagesRefusedError | None:
        """Why the network cannot be trained on the dataset, if that is known; see find_misfit()."""
        wanted = [(self.architecture, self.options)]
        return find_misfit(database, self.dataset, wanted, self.recipe.batch_size)

    def job(self, session: Session, store: DatasetStore) -> JobRequest:
        """The job to enqueue; UnknownNameError, OptionError or ContentError where it cannot be done."""
        require_dataset(session, self.dataset)
        require_images_for_folds(session, store, self.dataset, self.folds)
        image_shape = find_image_shape(session, self.dataset)
        options = check_options(self.architecture, self.options, image_shape)
        refuse_without_effect(self.architecture, options)
        return JobRequest(
            kind=TRAIN,
            dataset=self.dataset,
            architecture=self.architecture,
            options=options,
            recipe=self.recipe.as_stored(),
            recipe_hash=self.recipe.hash,
            seed=self.seed,
            fold=self.fold,
            folds=self.folds,
            priority=self.priority,
            pins_dataset=image_shape is not None,  # what is not ready has no content yet
        )
