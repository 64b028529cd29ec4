"""A training on a prepared file that is larger than memory: until its first step; prints JSON.

`python -m benchmarks.uploads.first_step FILE ARCHITECTURE`: seconds from loading to the end of the first
step, and the anonymous memory of the process then.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.uploads.memory import memory_mib
from workers.datasets.stored.loading import load
from workers.running.preload import preload
from workers.training.hardware import device as devices
from workers.training.recipe import Recipe
from workers.training.results import Progress
from workers.training.trainer import Trainer, build


def main(path: Path, architecture: str) -> None:
    """Load, build, and train one step."""
    device = devices.resolve("auto")
    devices.prepare(device)
    preload()  # as the processes of jobs have it when they begin
    started = perf_counter()
    dataset = load(path, "large")
    network = build(architecture, {}, dataset.image_shape, dataset.num_classes, seed=0)
    trainer = Trainer(network, dataset, Recipe(epochs=1, batch_size=32), seed=0, device=device)
    report = next(iter(trainer.epochs()))
    seconds = perf_counter() - started
    assert isinstance(report, Progress)  # noqa: S101 - the first report comes after the first step
    sys.stdout.write(
        json.dumps({"seconds": seconds, "anonymous_mib": memory_mib("RssAnon")}) + "\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
