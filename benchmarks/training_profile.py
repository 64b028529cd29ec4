"""Where the time of a training step goes, by kernel.

`python -m benchmarks.training_profile ARCHITECTURE NUM_IMAGES` trains as the contender bakeoff does
and prints the share of the slowest kernels in the time of all, as JSON.
"""

import json
import sys

from torch.profiler import ProfilerActivity, profile

from benchmarks.contenders import noise
from benchmarks.contenders.bakeoff import trainer_of
from workers.training.results import Progress
from workers.training.trainer import Trained

NAMED = 5  # kernels


def shares(architecture: str, num_images: int) -> dict[str, float]:
    """The slowest kernels of the second epoch, evaluation not included, slowest first."""
    told = trainer_of(noise(architecture, num_images)).epochs()
    next(one for one in told if isinstance(one, Trained))  # the first epoch warms up
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        next(one for one in told if isinstance(one, Progress) and one.phase == "evaluating")
    kernels = profiled.key_averages()
    total = sum(one.self_cpu_time_total for one in kernels)
    slowest = sorted(kernels, key=lambda one: one.self_cpu_time_total, reverse=True)[:NAMED]
    return {one.key.removeprefix("aten::"): one.self_cpu_time_total / total for one in slowest}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(shares(sys.argv[1], int(sys.argv[2]))) + "\n")
