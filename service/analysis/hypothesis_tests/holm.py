"""Holm's correction of p values where several tests are made at once."""

from collections.abc import Sequence


def holm(values: Sequence[float]) -> list[float]:
    """Adjusted p values, in the order given (Holm 1979).

    Calling those at most 0.05 significant makes a false claim anywhere in at most 5 % of comparisons.
    """
    adjusted = [0.0] * len(values)
    highest = 0.0
    order = sorted(range(len(values)), key=values.__getitem__)
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - place) * values[index]))
        adjusted[index] = highest
    return adjusted
