"""Repeated measurements as text."""

import math
import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], unit: str = "") -> str:
    """The median, and the range in brackets."""
    return f"{statistics.median(values):.2f}{unit} ({min(values):.2f} to {max(values):.2f})"


def ratio(ours: float, theirs: float) -> float:
    """How many times theirs ours is; infinite where theirs is nothing."""
    return ours / theirs if theirs else math.inf
