"""One training in a script of its own, without service, queue or database: prints its seconds.

`python -m benchmarks.bare DATASET ARCHITECTURE RECIPE`, the recipe as JSON. The clock starts after
the imports and stops when the network is judged, as a job's does.
"""

import json
import sys
from time import perf_counter

from workers.datasets import store
from workers.settings import settings
from workers.training.final_evaluation import judge
from workers.training.hardware import device as devices
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build


def seconds(dataset_name: str, architecture: str, recipe: Recipe) -> float:
    """From reading the dataset to the judgement."""
    started = perf_counter()
    device = devices.resolve("auto")
    devices.prepare(device)
    dataset = store.load(settings().datasets_folder, dataset_name)
    network = build(architecture, {}, dataset.image_shape, dataset.num_classes, seed=0)
    trainer = Trainer(network, dataset, recipe, seed=0, device=device)
    for _ in trainer.epochs():
        pass
    judge(trainer, dataset)
    return perf_counter() - started


if __name__ == "__main__":
    name, architecture, recipe = sys.argv[1:]
    taken = seconds(name, architecture, Recipe(**json.loads(recipe)))
    sys.stdout.write(json.dumps({"seconds": taken}) + "\n")
