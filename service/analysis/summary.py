"""What a comparison shows, in sentences built from its numbers and no stronger than they are."""

from service.analysis.formats import accuracy_words, p_words
from service.analysis.leaderboard import leaderboard
from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.notes import notes
from service.analysis.overfitting import Overfitting, overfitting
from service.analysis.pair_statistics import Statistics
from service.analysis.results import ComparisonResults
from service.analysis.verdicts import verdicts

MAX_LEFT_OUT = 3  # pairs that a sentence names


def sentences(results: ComparisonResults, tested: Statistics) -> list[str]:
    """The verdicts, what was unequal, which architectures overfit, and what is missing."""
    rows = leaderboard(results)
    findings = verdicts(tested, rows) if tested.pairs else [_leader(rows)]
    return (
        findings
        + notes(rows)
        + _overfitting(overfitting(results))
        + _caveats(results, rows, tested)
    )


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


def _overfitting(networks: list[Overfitting]) -> list[str]:
    overfit = [network for network in networks if network.epoch is not None]
    others = [network for network in networks if network.epoch is None]
    lines = [
        f"{network.architecture} overfits from epoch {network.epoch} on: its validation loss rises by"
        f" {100 * (network.rise or 0.0):.0f} % to epoch {network.epochs} while its train loss falls"
        f" ({p_words(network.p or 0.0)})."
        for network in overfit
    ]
    if others:
        names = f" of {', '.join(network.architecture for network in others)}" if overfit else ""
        epochs = max(network.epochs for network in others)
        within = f"{epochs} epoch{'s' if epochs > 1 else ''}"
        lines.append(f"No overfitting{names} could be shown within {within}.")
    return lines


def _caveats(
    results: ComparisonResults, rows: list[LeaderboardRow], tested: Statistics
) -> list[str]:
    caveats = []
    if results.folds and min(row.folds or 0 for row in rows) == 1:
        caveats.append(
            "With a single fold no spread is known: wait for the others before trusting an order."
        )
    if not results.folds and min(row.n for row in rows) == 1:
        caveats.append(
            "With n = 1 seed no spread is known: train with more seeds before trusting an order."
        )
    if tested.left_out:
        more = "; …" if len(tested.left_out) > MAX_LEFT_OUT else ""
        wanted = "two common folds" if results.folds else "a common seed"
        pairs = "; ".join(tested.left_out[:MAX_LEFT_OUT]) + more
        caveats.append(f"Not tested, for want of {wanted} whose predictions are kept: {pairs}.")
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
