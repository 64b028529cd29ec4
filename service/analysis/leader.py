"""The architecture that is ahead in a comparison, for lists: means alone, which say nothing of chance."""

import statistics
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field


class Leader(BaseModel):
    """The highest mean test accuracy so far. Whether the difference is real, `/statistics` says."""

    architecture: str = Field(examples=["cnn"])
    n: int = Field(description="its trainings that have succeeded")
    test_accuracy: float = Field(description="mean over them")
    std: float | None = Field(description="sample standard deviation over them; null where n is 1")
    ahead_of: str | None = Field(description="the architecture with the second highest mean")
    difference: float | None = Field(description="of the two means")


def find_leader(accuracies: Mapping[str, Sequence[float]]) -> Leader | None:
    """The leader by architecture → test accuracies of its trainings; None where there are none yet."""
    means = {name: statistics.fmean(values) for name, values in accuracies.items() if values}
    if not means:
        return None
    first, *others = sorted(means, key=lambda name: means[name], reverse=True)
    values = accuracies[first]
    return Leader(
        architecture=first,
        n=len(values),
        test_accuracy=means[first],
        std=statistics.stdev(values) if len(values) > 1 else None,
        ahead_of=others[0] if others else None,
        difference=means[first] - means[others[0]] if others else None,
    )
