"""Notes of what makes trainings of one recipe unequal: weights seen before, and fields that did not apply."""

from collections.abc import Sequence

from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.results import ComparisonResults


def notes(rows: Sequence[LeaderboardRow]) -> list[str]:
    """A sentence for each of the two that is so of some architectures of a comparison."""
    return [*_on_weights(rows), *_on_recipe(rows)]


def not_applied_in_words(results: ComparisonResults) -> str:
    """Fields of the recipe that did not apply to all: `augmentation not applied to heads`; else ""."""
    of_each = (run.result.get("not_applied") for run in results.runs if run.result)
    fields = next(filter(None, of_each), None)  # of one recipe they are the same for every head
    return f"{listed(fields)} not applied to heads" if fields else ""


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _on_weights(rows: Sequence[LeaderboardRow]) -> list[str]:
    pretrained = [f"{row.architecture} ({row.pretrained})" for row in rows if row.pretrained]
    others = [row.architecture for row in rows if not row.pretrained]
    if not pretrained or not others:
        return []
    return [
        f"{listed(pretrained)} had been trained before, on images that were not checked against these;"
        f" {listed(others)} had not."
    ]


def _on_recipe(rows: Sequence[LeaderboardRow]) -> list[str]:
    heads = [row for row in rows if row.not_applied]
    if not heads:
        return []
    names = listed([row.architecture for row in heads])
    return [
        f"Of the recipe, {listed(heads[0].not_applied)} did not apply to {names}: heads are trained on"
        " features, which are of images as they are."
    ]
