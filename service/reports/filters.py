"""The filters of the report's templates: how it writes numbers and sentences."""

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from service.analysis.estimate import Estimate
from service.analysis.formats import accuracy_words, auc_words, duration, p_words, points
from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.notes import listed
from service.analysis.tables import named
from service.templating import escape_markdown

MEGABYTE = 1_000_000

#: Blanks at which no line may end: 95 %, 95 % CI, n = 3, p < 0.001, 3 seeds, 5 folds.
UNBROKEN = re.compile(
    r"(?<=\d) (?=%|points?\b|seeds?\b|folds?\b|epochs?\b)|(?<=%) (?=CI)|(?<=\b[np]) (?=[=<])|(?<=[=<]) (?=\d)"
)


def _keep_together(text: str) -> str:
    return UNBROKEN.sub("\u00a0", text)


def _interval(estimate: Estimate) -> str:
    """An interval of accuracies in percent, or why none is known; none lies above 100."""
    if estimate.interval is None:
        return "n = 1" if estimate.n == 1 else "one fold"
    low, high = estimate.interval
    return f"{100 * max(0.0, low):.2f} to {100 * min(1.0, high):.2f} %"


def _digits(estimate: Estimate, count: int) -> str:
    return "–" if estimate.mean is None else f"{estimate.mean:.{count}f}"


def _size(num_bytes: int) -> str:
    if num_bytes < MEGABYTE:
        return f"{num_bytes / 1000:,.0f} kB"
    return f"{num_bytes / MEGABYTE:,.1f} MB"


def _front(row: LeaderboardRow, cost: str) -> str:
    """The attribute of a table's cell that marks members of the Pareto front against this cost."""
    return Markup(' class="front"') if getattr(row.pareto, cost) else ""


def _bold(text: str, row: LeaderboardRow, cost: str) -> str:
    return f"**{text}**" if getattr(row.pareto, cost) else text


FILTERS: dict[str, Callable[..., Any]] = {
    "accuracy": accuracy_words,
    "auc": auc_words,
    "bold": _bold,
    "digits": _digits,
    "duration": duration,
    "escape_markdown": escape_markdown,
    "front": _front,
    "interval": _interval,
    "listed": listed,
    "named": named,
    "p_words": p_words,
    "points": points,
    "size": _size,
    "keep_together": _keep_together,
}
