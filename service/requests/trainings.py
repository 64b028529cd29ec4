"""The body that asks for one training."""

from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from service.requests.fields import (
    Form,
    Name,
    Priority,
    RecipeForm,
    Seed,
    checked_options,
    require_dataset,
)
from workers.queue.jobs import TRAIN, JobRequest
from workers.training.recipe import Recipe


class TrainingRequest(Form):
    """One training: an architecture, a dataset, a recipe and a seed."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"dataset": "digits", "architecture": "cnn", "recipe": {"epochs": 5}}
        },
    )

    dataset: Name
    architecture: Name
    options: dict[str, Any] = Field({}, description="of the architecture; see its schema")
    recipe: RecipeForm = Recipe()
    seed: Seed = 0
    priority: Priority = 0

    def job(self, session: Session) -> JobRequest:
        """The job to enqueue; UnknownNameError or OptionError where it cannot be done."""
        require_dataset(session, self.dataset)
        return JobRequest(
            kind=TRAIN,
            dataset=self.dataset,
            architecture=self.architecture,
            options=checked_options(self.architecture, self.options),
            recipe=self.recipe.stored(),
            recipe_hash=self.recipe.hash,
            seed=self.seed,
            priority=self.priority,
            needs_dataset=True,
        )
