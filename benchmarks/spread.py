"""Several measurements of one thing, as text."""

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], unit: str = "") -> str:
    """Median, and range in brackets."""
    return f"{statistics.median(values):.2f}{unit} ({min(values):.2f} to {max(values):.2f})"
