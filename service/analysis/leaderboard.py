"""The leaderboard of a comparison: one row per architecture, best test accuracy first."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from service.analysis.class_averages import balanced_accuracy, macro_f1
from service.analysis.estimate import Estimate, estimate, estimate_over_folds
from service.analysis.leaderboard_row import LeaderboardRow, Pareto
from service.analysis.pareto import on_front
from service.analysis.results import ComparisonResults, Run


class SortBy(StrEnum):
    """What a leaderboard can be sorted by; the best comes first, which for costs is the lowest."""

    TEST_ACCURACY = "test_accuracy"
    TRAIN_ACCURACY = "train_accuracy"
    VALIDATION_ACCURACY = "validation_accuracy"
    BALANCED_ACCURACY = "balanced_accuracy"
    TEST_LOSS = "test_loss"
    MACRO_F1 = "macro_f1"
    MACRO_AUC = "macro_auc"
    ECE = "ece"
    BRIER = "brier"
    GENERALISATION_GAP = "generalisation_gap"
    BEST_EPOCH = "best_epoch"
    TRAIN_SECONDS = "train_seconds"
    IMAGES_PER_SECOND = "images_per_second"
    LATENCY_P50_BATCH_1 = "latency_p50_batch_1"
    LATENCY_P50_BATCH_64 = "latency_p50_batch_64"
    NUM_PARAMETERS = "num_parameters"
    FLOPS = "flops"
    MODEL_BYTES = "model_bytes"
    N = "n"
    ARCHITECTURE = "architecture"


HIGHEST_FIRST = {
    SortBy.TEST_ACCURACY,
    SortBy.TRAIN_ACCURACY,
    SortBy.VALIDATION_ACCURACY,
    SortBy.BALANCED_ACCURACY,
    SortBy.MACRO_F1,
    SortBy.MACRO_AUC,
    SortBy.IMAGES_PER_SECOND,
    SortBy.N,
}


def leaderboard(
    results: ComparisonResults, *, sort: SortBy = SortBy.TEST_ACCURACY
) -> list[LeaderboardRow]:
    """Rows of the architectures that have a result, best first; the rank is that of this order."""
    rows = _with_fronts([_row(results, architecture) for architecture in results.with_results])
    known = [row for row in rows if _value(row, sort) is not None]
    known.sort(key=lambda row: _value(row, sort), reverse=sort in HIGHEST_FIRST)
    ordered = known + [row for row in rows if _value(row, sort) is None]
    return [row.model_copy(update={"rank": rank}) for rank, row in enumerate(ordered, start=1)]


def train_seconds(result: dict[str, Any]) -> float:
    """Seconds of a training, with those of the features it was trained on."""
    features = result.get("features") or {}
    return float(result["train_seconds"] + features.get("seconds", 0.0))


def _value(row: LeaderboardRow, sort: SortBy) -> Any:
    value = getattr(row, sort)
    return value.mean if isinstance(value, Estimate) else value


def _row(results: ComparisonResults, architecture: str) -> LeaderboardRow:
    runs = [run for run in results.runs_of(architecture) if run.result is not None]
    result, best = runs[0].result or {}, _best(runs)

    def mean(value: Callable[[dict[str, Any]], float | None]) -> Estimate:
        return _estimate(runs, value, results.folds)

    return LeaderboardRow(
        rank=0,
        architecture=architecture,
        n=len(runs),
        folds=len({run.fold for run in runs}) if results.folds else None,
        train_accuracy=mean(lambda result: result["train"]["accuracy"]),
        validation_accuracy=mean(lambda result: result["validation"]["accuracy"]),
        test_accuracy=mean(lambda result: result["test"]["accuracy"]),
        balanced_accuracy=mean(lambda result: balanced_accuracy(result["confusion_matrix"])),
        test_loss=mean(lambda result: result["test"]["loss"]),
        macro_f1=mean(lambda result: macro_f1(result["confusion_matrix"])),
        macro_auc=mean(lambda result: result["macro_auc"]),
        ece=mean(lambda result: result.get("ece")),
        brier=mean(lambda result: result.get("brier")),
        generalisation_gap=mean(_generalisation_gap),
        best_epoch=mean(lambda result: result["best_epoch"]),
        train_seconds=mean(train_seconds),
        features_seconds=(result.get("features") or {}).get("seconds"),
        images_per_second=mean(lambda result: result["images_per_second"]),
        latency_p50_batch_1=mean(lambda result: _latency_p50(result, 1)),
        latency_p50_batch_64=mean(lambda result: _latency_p50(result, 64)),
        num_parameters=result["num_parameters"],
        flops=result["flops"],
        model_bytes=result["model_bytes"],
        ema_decay=result.get("ema_decay", 0.0),
        test_flips=result.get("test_flips", False),
        pretrained=(result.get("pretrained") or {}).get("name"),
        not_applied=result.get("not_applied", []),
        marks=_marks(result),
        pareto=Pareto(**dict.fromkeys(Pareto.model_fields, False)),
        best_model_id=best.model_id,
        best_model_fold=best.fold,
    )


def _marks(result: dict[str, Any]) -> list[str]:
    is_pretrained, is_head = result.get("pretrained"), result.get("features")
    return [
        *(["pretrained"] if is_pretrained else []),
        *(["head alone"] if is_head else []),
        *(f"without {field}" for field in result.get("not_applied", [])),
    ]


def _estimate(
    runs: list[Run], value: Callable[[dict[str, Any]], float | None], folds: int | None
) -> Estimate:
    """The mean of what is known of a number, by fold where there are folds."""
    by_fold: dict[int, list[float]] = {}
    for run in runs:
        if (known := value(run.result or {})) is not None:
            by_fold.setdefault(run.fold or 0, []).append(known)
    if folds:
        return estimate_over_folds(by_fold, num_folds=folds)
    return estimate([known for values in by_fold.values() for known in values])


def _with_fronts(rows: list[LeaderboardRow]) -> list[LeaderboardRow]:
    accuracies = [row.test_accuracy.mean or 0.0 for row in rows]
    fronts = {
        cost: on_front(accuracies, [_value(row, SortBy(cost)) for row in rows])
        for cost in Pareto.model_fields
    }
    return [
        row.model_copy(update={"pareto": Pareto(**{cost: on[i] for cost, on in fronts.items()})})
        for i, row in enumerate(rows)
    ]


def _generalisation_gap(result: dict[str, Any]) -> float:
    return float(result["train"]["accuracy"] - result["test"]["accuracy"])


def _latency_p50(result: dict[str, Any], batch_size: int) -> float | None:
    """Median latency in seconds at one batch size; None where it was too large to be timed."""
    found = [float(row["p50"]) for row in result["latency"] if row["batch_size"] == batch_size]
    return found[0] if found else None


def _best(runs: list[Run]) -> Run:
    return max(runs, key=lambda run: (run.result or {})["validation"]["accuracy"])
