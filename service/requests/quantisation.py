"""The body that asks for an int8 model."""

from http import HTTPStatus
from typing import Annotated

from pydantic import ConfigDict, Field

from service.requests.fields import Form, Priority, Seed
from workers.datasets.stored.store import DatasetGoneError, DatasetStore
from workers.engines import graph_of
from workers.errors import BakeoffError
from workers.queue.jobs import JobRequest
from workers.storage.kind_names import QUANTISE
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import Model


class QuantisedAlreadyError(BakeoffError):
    """The model is an int8 one."""

    status = HTTPStatus.CONFLICT


class QuantisationRequest(Form):
    """How an int8 model is made and judged. The defaults suit most models."""

    model_config = ConfigDict(json_schema_extra={"example": {"images": 512, "margin": 0.01}})

    images: Annotated[
        int,
        Field(
            strict=True,
            ge=16,
            le=1024,
            description="of the train split, that tell which range each activation has; where it has"
            " fewer, all of them",
        ),
    ] = 256
    seed: Seed = Field(0, description="draws those images")
    margin: Annotated[
        float,
        Field(
            strict=True,
            gt=0,
            le=0.2,
            description="differences of accuracy below it count as equivalent",
        ),
    ] = 0.01
    priority: Priority = 0

    def job(self, model: Model, store: DatasetStore) -> JobRequest:
        """The job that quantises a model.

        QuantisedAlreadyError, EngineError where it has no graph, DatasetGoneError where the images that
        it was trained and tested on are no longer there.
        """
        if model.quantised_from:
            raise QuantisedAlreadyError(
                f"model '{model.id}' is int8 already; it was made from model '{model.quantised_from}',"
                " which can be quantised again"
            )
        graph_of(model)
        identity = DatasetIdentity(model.dataset_sha256, model.dataset_split)
        if not store.has(identity):
            raise DatasetGoneError(model.dataset, identity)
        return JobRequest(
            kind=QUANTISE,
            dataset=model.dataset,
            identity=identity,
            architecture=model.architecture,
            seed=model.seed,
            fold=model.fold,
            folds=model.folds,
            options={"images": self.images, "seed": self.seed, "margin": self.margin},
            priority=self.priority,
            model_id=model.id,
        )
