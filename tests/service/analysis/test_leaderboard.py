"""The leaderboard: sorted, with the model to serve and the Pareto front of each cost."""

from collections.abc import Callable

import pytest

from service.analysis.leaderboard import SortBy, leaderboard
from service.analysis.pareto import on_front
from service.analysis.results import ComparisonResults, Run

Make = Callable[..., ComparisonResults]


def test_the_leaderboard_is_ordered_by_test_accuracy(make: Make) -> None:
    rows = leaderboard(make())

    means = [row.test_accuracy.mean for row in rows]
    assert means == sorted(means, reverse=True)
    assert [row.rank for row in rows] == [1, 2, 3]


def test_the_model_to_serve_is_chosen_by_validation_never_by_test(make: Make) -> None:
    results = make(architectures=1, seeds=3)
    [row] = leaderboard(results)

    best = max(results.runs, key=lambda run: (run.result or {})["validation"]["accuracy"])
    assert row.best_model_id == best.model_id


@pytest.mark.parametrize("column", list(SortBy))
def test_a_leaderboard_is_sorted_by_any_column_the_best_first(make: Make, column: SortBy) -> None:
    rows = leaderboard(make(architectures=4), sort=column)

    assert [row.rank for row in rows] == [1, 2, 3, 4]
    values = [getattr(row, column) for row in rows]
    values = [getattr(value, "mean", value) for value in values]
    best_is_high = column == SortBy.N or column.endswith(("accuracy", "auc", "f1", "per_second"))
    assert values == sorted(values, reverse=best_is_high)


def test_what_was_not_measured_comes_last(make: Make) -> None:
    whole = make(architectures=2, seeds=1)
    [first, second] = whole.runs
    older = {key: value for key, value in (first.result or {}).items() if key != "ece"}
    runs = (Run(**{**vars(first), "result": older}), second)

    rows = leaderboard(ComparisonResults(**{**vars(whole), "runs": runs}), sort=SortBy.ECE)

    assert rows[1].ece.mean is None


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    accuracies, costs = [0.9, 0.95, 0.94, 0.95, 0.9], [1, 5, 6, 5, 2]

    assert on_front(accuracies, costs) == [True, True, False, True, False]
