"""Ways to train one network from several seeds on one device, each a program that prints its seconds.

`python -m benchmarks.seeds.NAME ARCHITECTURE NUM_IMAGES SEEDS` trains as the contender bakeoff does
and prints, as JSON, the seconds until every seed has finished its second epoch.
"""

import dataclasses
import json
import sys
from collections.abc import Callable

from benchmarks.contenders import Work, noise


def main(seconds_of_second_epochs: Callable[[list[Work]], float]) -> None:
    """Make the images, train, and print the seconds."""
    architecture, num_images, seeds = sys.argv[1:]
    work = noise(architecture, int(num_images))
    works = [dataclasses.replace(work, seed=seed) for seed in range(int(seeds))]
    sys.stdout.write(json.dumps({"seconds": seconds_of_second_epochs(works)}) + "\n")
