"""Numbers as sentences, reports and charts write them."""

from collections.abc import Mapping
from typing import Any, Protocol

from service.analysis.estimate import Estimate


class Interval(Protocol):
    """A difference that is known to lie between two ends."""

    @property
    def low(self) -> float:
        """The lower end."""
        ...

    @property
    def high(self) -> float:
        """The upper end."""
        ...


def accuracy_words(estimate: Estimate) -> str:
    """An accuracy in percent, with its standard deviation where one is known."""
    mean = 100 * (estimate.mean or 0.0)
    return f"{mean:.2f} %" if estimate.std is None else f"{mean:.2f} ± {100 * estimate.std:.2f} %"


def auc_words(auc: float | None) -> str:
    """An area under a curve; near one, where networks are told apart by it, with more digits."""
    if auc is None:
        return "–"
    return f"{auc:.5f}" if auc > 0.99 else f"{auc:.3f}"  # noqa: PLR2004 - from there on digits count


def p_words(p: float) -> str:
    """A p value as it is written: two digits, never as zero."""
    if p < 0.001:  # noqa: PLR2004 - below it no digit carries meaning
        return "p < 0.001"
    return f"p = {p:.2g}" if p < 0.995 else "p = 1"  # noqa: PLR2004 - rounds to one


def points(share: float, interval: Interval) -> str:
    """A difference of accuracy in points, with no more digits than its interval allows."""
    digits = 1 if interval.high - interval.low >= 0.002 else 2  # noqa: PLR2004 - two tenths of a point
    return f"{round(100 * share, digits) + 0.0:.{digits}f}".replace("-", "−")  # no minus zero


def duration(seconds: float | None, *, digits: int = 3) -> str:
    """Seconds with so many significant digits, in the unit that suits them; "–" for None."""
    if seconds is None:
        return "–"
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1 or unit == "µs":
            number = f"{seconds * scale:#.{digits}g}" if digits > 1 else f"{seconds * scale:g}"
            return number.removesuffix(".") + f" {unit}"
    return ""


def seeds_in_words(count: int | str) -> str:
    """`1 seed`, `3 seeds`, `1 to 3 seeds`."""
    return f"{count} seed{'' if f'{count}' == '1' else 's'}"


def tested_in_words(num_images: int, num_seeds: int) -> str:
    """How often the folds have tested: `2,624 images, each tested once`."""
    once = "once" if num_seeds == 1 else "once by each seed"
    return f"{num_images:,} images, each tested {once}"


def scored_in_words(recipe: Mapping[str, Any]) -> str:
    """What a recipe scores and serves instead of the last weights on images as they are; else ""."""
    words = []
    if recipe.get("ema_decay"):
        words.append(f"averaged weights (EMA {recipe['ema_decay']:g})")
    if recipe.get("test_flips"):
        words.append("test-time flips")
    return ", ".join(words)
