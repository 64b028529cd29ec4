"""What a comparison shows, in sentences built from its numbers and no stronger than they are."""

from service.analysis.estimate import Estimate
from service.analysis.leaderboard import LeaderboardRow, leaderboard
from service.analysis.overfitting import overfitting_epoch
from service.analysis.results import ComparisonResults


def sentences(results: ComparisonResults) -> list[str]:
    """Two to five sentences: who leads and by how much, what it costs, who overfits, what is missing."""
    rows = leaderboard(results)
    said = [_leader(rows)]
    if len(rows) > 1:
        said.append(_cost(rows))
    said += _overfitting(results)
    said += _caveats(results, rows)
    return said


def accuracy_words(estimate: Estimate) -> str:
    """An accuracy in percent, with its standard deviation where one is known."""
    mean = 100 * (estimate.mean or 0.0)
    return f"{mean:.2f} %" if estimate.std is None else f"{mean:.2f} ± {100 * estimate.std:.2f} %"


def _leader(rows: list[LeaderboardRow]) -> str:
    first, *others = rows
    lead = f"{first.architecture} has the highest mean test accuracy, {accuracy_words(first.test_accuracy)}"
    if not others:
        return f"{first.architecture} reaches a test accuracy of {accuracy_words(first.test_accuracy)}."
    points = 100 * ((first.test_accuracy.mean or 0.0) - (others[0].test_accuracy.mean or 0.0))
    return f"{lead}, {points:.2f} points above {others[0].architecture}."


def _cost(rows: list[LeaderboardRow]) -> str:
    quickest = min(rows, key=lambda row: row.train_seconds.mean or 0.0)
    smallest = min(rows, key=lambda row: row.num_parameters)
    first = rows[0]
    if quickest is first:
        text = (
            f"{first.architecture} is also the fastest to train ({first.train_seconds.mean:.1f} s)"
        )
    else:
        times = (first.train_seconds.mean or 0.0) / (quickest.train_seconds.mean or 1.0)
        text = f"{first.architecture} takes {times:.1f} times as long to train as {quickest.architecture}"
    return f"{text}; {smallest.architecture} is the smallest, with {smallest.num_parameters:,} parameters."


def _overfitting(results: ComparisonResults) -> list[str]:
    said = []
    for name in results.with_results:
        epochs = [
            overfitting_epoch(run.curve("train_loss"), run.curve("validation_loss"))
            for run in results.of(name)
            if run.result is not None
        ]
        found = sorted(epoch for epoch in epochs if epoch is not None)
        if found and len(found) * 2 > len(epochs):
            which = (
                f"epoch {found[0]}"
                if found[0] == found[-1]
                else f"epochs {found[0]} to {found[-1]}"
            )
            said.append(
                f"{name} overfits: after {which} its validation loss rises while its train loss falls."
            )
    return said


def _caveats(results: ComparisonResults, rows: list[LeaderboardRow]) -> list[str]:
    said = []
    if min(row.n for row in rows) == 1:
        said.append(
            "With n = 1 seed no spread is known: train with more seeds before trusting an order."
        )
    elif len(rows) > 1:
        said.append(
            f"Differences are of means over {min(row.n for row in rows)} seeds; they are not yet tested"
            " for significance."
        )
    missing = sum(run.result is None for run in results.runs)
    if missing:
        said.append(f"{missing} of {len(results.runs)} trainings have no result.")
    return said
