"""What a comparison shows, in sentences built from its numbers and no stronger than they are."""

from service.analysis.formats import accuracy_words, p_words
from service.analysis.leaderboard import LeaderboardRow, leaderboard
from service.analysis.overfitting import Overfitting, overfitting
from service.analysis.pair_statistics import Statistics
from service.analysis.results import ComparisonResults
from service.analysis.verdicts import verdicts

MOST_LEFT_OUT = 3  # pairs that a sentence names


def sentences(results: ComparisonResults, tested: Statistics) -> list[str]:
    """The verdicts, which architectures overfit, and what is missing."""
    rows = leaderboard(results)
    findings = verdicts(tested, rows) if tested.pairs else [_leader(rows)]
    return findings + _overfitting(overfitting(results)) + _caveats(results, rows, tested)


def _leader(rows: list[LeaderboardRow]) -> str:
    first, *others = rows
    accuracy = accuracy_words(first.test_accuracy)
    if not others:
        return f"{first.architecture} reaches a test accuracy of {accuracy}."
    lead = (first.test_accuracy.mean or 0.0) - (others[0].test_accuracy.mean or 0.0)
    return (
        f"{first.architecture} has the highest mean test accuracy, {accuracy},"
        f" {100 * lead:.2f} points above {others[0].architecture}."
    )


def _overfitting(architectures: list[Overfitting]) -> list[str]:
    overfit = [found for found in architectures if found.epoch is not None]
    others = [found for found in architectures if found.epoch is None]
    lines = [
        f"{found.architecture} overfits from epoch {found.epoch} on: its validation loss rises by"
        f" {100 * (found.rise or 0.0):.0f} % to epoch {found.epochs} while its train loss falls"
        f" ({p_words(found.p or 0.0)})."
        for found in overfit
    ]
    if others:
        names = f" of {', '.join(found.architecture for found in others)}" if overfit else ""
        epochs = max(found.epochs for found in others)
        within = f"{epochs} epoch{'s' if epochs > 1 else ''}"
        lines.append(f"No overfitting{names} could be shown within {within}.")
    return lines


def _caveats(
    results: ComparisonResults, rows: list[LeaderboardRow], tested: Statistics
) -> list[str]:
    caveats = []
    if min(row.n for row in rows) == 1:
        caveats.append(
            "With n = 1 seed no spread is known: train with more seeds before trusting an order."
        )
    if tested.left_out:
        more = "; …" if len(tested.left_out) > MOST_LEFT_OUT else ""
        pairs = "; ".join(tested.left_out[:MOST_LEFT_OUT]) + more
        caveats.append(
            f"Not tested, for want of a common seed whose predictions are kept: {pairs}."
        )
    devices = sorted({run.result["device_name"] for run in results.runs if run.result})
    if len(devices) > 1:
        caveats.append(
            f"Trained on {' and '.join(devices)}: their times and latencies do not compare."
        )
    missing = sum(run.result is None for run in results.runs)
    if missing:
        have = "has" if missing == 1 else "have"
        caveats.append(f"{missing} of {len(results.runs)} trainings {have} no result.")
    return caveats
