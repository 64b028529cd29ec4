"""What the models say offline, without the service: the reference for every answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.soak.pictures import Picture
from workers.datasets.images.preparation import Preparation
from workers.engines import Placement, Probabilities, engines
from workers.settings import Settings
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction

REFERENCE = "torch"  # the engine; the service uses another
TOLERANCE = 1e-4  # between engines and sizes of a batch


@dataclass(frozen=True)
class Reference:
    """A model's classes, and its probabilities of every picture."""

    model_id: str
    classes: list[str]
    probabilities: dict[str, Probabilities]  # by the name of the picture

    def judge_prediction(self, picture: Picture, prediction: dict[str, Any]) -> str | None:
        """What is wrong with a prediction of /v1, asked for with all classes; None if nothing is."""
        given = {each["label"]: each["probability"] for each in prediction["top"]}
        if set(given) != set(self.classes):
            return f"the classes are {sorted(given)}"
        return self.judge(picture, [given[label] for label in self.classes])

    def judge(self, picture: Picture, given: Sequence[float]) -> str | None:
        """What is wrong with probabilities in the order of the classes; None if nothing is."""
        difference = float(np.abs(np.asarray(given) - self.probabilities[picture.name]).max())
        if difference <= TOLERANCE:
            return None
        return f"model {self.model_id} is off by {difference:.2g} for {picture.name}"


def predict_offline(
    settings: Settings, model_ids: Sequence[str], pictures: Sequence[Picture]
) -> list[Reference]:
    """What each model says of each picture."""
    database = open_database(settings.resolved_database_url)
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    found = []
    for model_id in model_ids:
        with transaction(database, read_only=True) as session:
            model = trained_models.get(session, model_id)
        preparation = Preparation.of_model(model.preparation, model.image_shape)
        engine = engines[REFERENCE](model, artifacts, Placement("cpu", 1))
        prepared = [preparation.apply_to_file(picture.content) for picture in pictures]
        rows = engine.classify(np.ascontiguousarray(np.stack(prepared).transpose(0, 3, 1, 2)))
        names = [picture.name for picture in pictures]
        found.append(Reference(model.id, model.classes, dict(zip(names, rows, strict=True))))
    database.dispose()
    return found
