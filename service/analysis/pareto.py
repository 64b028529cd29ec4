"""Which architectures are on the Pareto front of accuracy and cost."""

from collections.abc import Sequence


def on_front(accuracies: Sequence[float], costs: Sequence[float]) -> list[bool]:
    """Whether no other is at least as accurate and as cheap, and better in one of the two."""
    points = list(zip(accuracies, costs, strict=True))
    return [not any(_beats(other, point) for other in points) for point in points]


def _beats(other: tuple[float, float], point: tuple[float, float]) -> bool:
    return other[0] >= point[0] and other[1] <= point[1] and other != point
