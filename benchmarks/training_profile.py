"""The kernels in which a training spends its time.

`python -m benchmarks.training_profile ARCHITECTURE NUM_IMAGES` trains as the contender bakeoff does
and prints the share of the slowest kernels in the time of all, as JSON.
"""

import json
import sys

from torch.profiler import ProfilerActivity, profile

from benchmarks.contenders import noise
from benchmarks.contenders.bakeoff import trainer_of
from workers.training.results import Progress
from workers.training.trainer import CompletedEpoch

NUM_KERNELS = 5


def shares(architecture: str, num_images: int) -> dict[str, float]:
    """The slowest kernels of the second epoch, evaluation not included, slowest first."""
    events = trainer_of(noise(architecture, num_images)).epochs()
    next(event for event in events if isinstance(event, CompletedEpoch))  # the first epoch warms up
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        next(event for event in events if is_end_of_training(event))
    kernels = profiled.key_averages()
    total = sum(kernel.self_cpu_time_total for kernel in kernels)
    slowest = sorted(kernels, key=lambda kernel: -kernel.self_cpu_time_total)[:NUM_KERNELS]
    return {
        kernel.key.removeprefix("aten::"): kernel.self_cpu_time_total / total for kernel in slowest
    }


def is_end_of_training(event: Progress | CompletedEpoch) -> bool:
    """Whether the training of an epoch is over and its evaluation begins."""
    return isinstance(event, Progress) and event.phase == "evaluating"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(shares(sys.argv[1], int(sys.argv[2]))) + "\n")
