"""Images in which every pixel is the same."""

import numpy as np

from workers.datasets.checks._finding import Finding, amount
from workers.datasets.checks._gathered import Gathered

TITLE = "Constant images"


def check(gathered: Gathered) -> Finding:
    """Warn of images that show nothing."""
    constant = np.flatnonzero(gathered.is_constant)
    if not len(constant):
        return Finding("ok", "no image is of a single colour")
    verb = "is" if len(constant) == 1 else "are"
    return Finding(
        level="warning",
        sentence=f"{amount(len(constant), 'image')} {verb} of a single colour",
        count=len(constant),
        groups=gathered.listed_groups([constant[i : i + 1] for i in range(len(constant))]),
    )
