"""What a comparison shows, in sentences built from its numbers and no stronger than they are."""

from service.analysis.estimate import Estimate
from service.analysis.leaderboard import LeaderboardRow, leaderboard
from service.analysis.overfitting import overfitting
from service.analysis.paired_tests import Statistics
from service.analysis.results import ComparisonResults
from service.analysis.verdicts import p_words, verdicts

MOST_LEFT_OUT = 3  # pairs that a sentence names


def sentences(results: ComparisonResults, tested: Statistics) -> list[str]:
    """The verdicts, who overfits, and what is missing."""
    rows = leaderboard(results)
    said = verdicts(tested, rows) if tested.pairs else [_leader(rows)]
    return said + _overfitting(results) + _caveats(results, rows, tested)


def accuracy_words(estimate: Estimate) -> str:
    """An accuracy in percent, with its standard deviation where one is known."""
    mean = 100 * (estimate.mean or 0.0)
    return f"{mean:.2f} %" if estimate.std is None else f"{mean:.2f} ± {100 * estimate.std:.2f} %"


def auc_words(auc: float | None) -> str:
    """An area under a curve; near one, where networks are told apart by it, with more digits."""
    if auc is None:
        return "–"
    return f"{auc:.5f}" if auc > 0.99 else f"{auc:.3f}"  # noqa: PLR2004 - from there on digits count


def _leader(rows: list[LeaderboardRow]) -> str:
    first, *others = rows
    lead = f"{first.architecture} has the highest mean test accuracy, {accuracy_words(first.test_accuracy)}"
    if not others:
        return f"{first.architecture} reaches a test accuracy of {accuracy_words(first.test_accuracy)}."
    points = 100 * ((first.test_accuracy.mean or 0.0) - (others[0].test_accuracy.mean or 0.0))
    return f"{lead}, {points:.2f} points above {others[0].architecture}."


def _overfitting(results: ComparisonResults) -> list[str]:
    found = overfitting(results)
    said = [
        f"{one.architecture} overfits from epoch {one.epoch} on: its validation loss rises by"
        f" {100 * (one.rise or 0.0):.0f} % to epoch {one.epochs} while its train loss falls"
        f" ({p_words(one.p or 0.0)})."
        for one in found
        if one.epoch is not None
    ]
    others = [one for one in found if one.epoch is None]
    if others:
        epochs = max(one.epochs for one in others)
        of_whom = f" of {', '.join(one.architecture for one in others)}" if said else ""
        within = f"{epochs} epoch{'s' if epochs > 1 else ''}"
        said.append(f"No overfitting{of_whom} could be shown within {within}.")
    return said


def _caveats(
    results: ComparisonResults, rows: list[LeaderboardRow], tested: Statistics
) -> list[str]:
    said = []
    if min(row.n for row in rows) == 1:
        said.append(
            "With n = 1 seed no spread is known: train with more seeds before trusting an order."
        )
    if tested.left_out:
        more = "; …" if len(tested.left_out) > MOST_LEFT_OUT else ""
        pairs = "; ".join(tested.left_out[:MOST_LEFT_OUT]) + more
        said.append(f"Not tested, for want of a common seed whose predictions are kept: {pairs}.")
    devices = sorted(
        {one["device_name"] for row in rows for one in results.finished(row.architecture)}
    )
    if len(devices) > 1:
        said.append(
            f"Trained on {' and '.join(devices)}: their times and latencies do not compare."
        )
    missing = sum(run.result is None for run in results.runs)
    if missing:
        have = "has" if missing == 1 else "have"
        said.append(f"{missing} of {len(results.runs)} trainings {have} no result.")
    return said
