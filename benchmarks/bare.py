"""One training as a script, without service, queue or database; prints its seconds.

`python -m benchmarks.bare DATASET ARCHITECTURE RECIPE`, with the recipe as JSON. The clock starts
after the imports, those of the final evaluation among them, which the process of a job has done before
it starts; it stops after that evaluation.
"""

import json
import sys
from time import perf_counter

from benchmarks import datasets
from workers.running.preload import preload
from workers.training.final_evaluation import evaluate_trained
from workers.training.hardware import device as devices
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build


def seconds(dataset_name: str, architecture: str, recipe: Recipe) -> float:
    """Seconds from reading the dataset to the end of the final evaluation."""
    started = perf_counter()
    device = devices.resolve("auto")
    devices.prepare(device)
    dataset = datasets.load(dataset_name)
    network = build(architecture, {}, dataset.image_shape, dataset.num_classes, seed=0)
    trainer = Trainer(network, dataset, recipe, seed=0, device=device)
    for _ in trainer.epochs():
        pass
    evaluate_trained(trainer, dataset)
    return perf_counter() - started


if __name__ == "__main__":
    name, architecture, recipe = sys.argv[1:]
    preload()
    taken = seconds(name, architecture, Recipe(**json.loads(recipe)))
    sys.stdout.write(json.dumps({"seconds": taken}) + "\n")
