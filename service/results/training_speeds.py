"""The speeds of past trainings, read as the plain data that costs are estimated from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from service.analysis.cost import SeenSpeed
from workers.queue import past_trainings
from workers.queue.dependencies import trains_head
from workers.queue.past_trainings import PastTraining
from workers.storage import metrics

MAX_EPOCHS = 30  # of a training, from its first on
RATE = "images_per_second"


@dataclass(frozen=True)
class TrainingSpeeds:
    """How fast the trainings of some architectures were on images of a shape, and those of any network."""

    _of_shape: Sequence[tuple[PastTraining, SeenSpeed]]
    others: Sequence[SeenSpeed]

    def of(self, architecture: str, options: Mapping[str, Any]) -> list[SeenSpeed]:
        """The speeds of one architecture with these options, newest first."""
        return [
            seen
            for training, seen in self._of_shape
            if training.architecture == architecture and training.options == options
        ]


def read_speeds(
    session: Session, names: Collection[str], image_shape: tuple[int, int, int]
) -> TrainingSpeeds:
    """The speeds that are needed for some architectures on images of a shape: four statements."""
    hashes = past_trainings.hashes_of_shape(session, image_shape)
    of_shape = past_trainings.of_architectures(session, names, hashes)
    # What a head trains on are features, whose FLOPs say nothing of other networks.
    others = [
        training
        for training in past_trainings.succeeded(session)
        if not trains_head(training.options)
    ]
    ids = {training.job_id for training in (*of_shape, *others)}
    epochs = min(MAX_EPOCHS, max((each.epochs for each in (*of_shape, *others)), default=0))
    rates = metrics.values(session, sorted(ids), [RATE], num_epochs=epochs)

    def seen(training: PastTraining) -> SeenSpeed:
        known = rates.get((training.job_id, RATE), [])
        return SeenSpeed([rate for rate in known if rate], training.flops, training.device)

    return TrainingSpeeds(
        [(training, seen(training)) for training in of_shape],
        [seen(training) for training in others],
    )
