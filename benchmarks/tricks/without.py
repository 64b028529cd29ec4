"""Train without one trick and print the seconds of an epoch as JSON.

`python -m benchmarks.tricks.without TRICK ARCHITECTURE NUM_IMAGES BATCH_SIZE PRECISION EPOCHS`, where
TRICK is a name in TRICKS or "nothing". The median over all epochs but the first counts, evaluation
left out.
"""

import contextlib
import dataclasses
import json
import statistics
import sys
from typing import Any

from benchmarks.contenders import Work, noise
from benchmarks.contenders.bakeoff import trainer_of
from benchmarks.tricks import TRICKS
from workers.training.trainer import CompletedEpoch


def seconds(trick: str, work: Work, precision: Any) -> float:
    """The median seconds of an epoch, without the first."""
    left_out = contextlib.nullcontext() if trick == "nothing" else TRICKS[trick].left_out()
    with left_out:
        events = list(trainer_of(work, precision).epochs())
    completed = [event.epoch for event in events if isinstance(event, CompletedEpoch)]
    return statistics.median(epoch.seconds for epoch in completed[1:])


if __name__ == "__main__":
    trick, architecture, num_images, batch_size, precision, epochs = sys.argv[1:]
    work = dataclasses.replace(
        noise(architecture, int(num_images)), epochs=int(epochs), batch_size=int(batch_size)
    )
    taken = seconds(trick, work, precision)
    sys.stdout.write(json.dumps({"seconds": taken}) + "\n")
