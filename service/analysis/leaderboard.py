"""The leaderboard of a comparison: one row per architecture, best test accuracy first."""

from typing import Any

from pydantic import BaseModel, Field

from service.analysis.estimate import Estimate, estimate
from service.analysis.results import ComparisonResults, Run


class LeaderboardRow(BaseModel):
    """One architecture, every number over its seeds."""

    rank: int = Field(examples=[1])
    architecture: str = Field(examples=["cnn"])
    n: int = Field(description="seeds that have succeeded")
    train_accuracy: Estimate
    validation_accuracy: Estimate
    test_accuracy: Estimate
    test_loss: Estimate
    macro_auc: Estimate
    generalisation_gap: Estimate = Field(description="train accuracy minus test accuracy")
    best_epoch: Estimate = Field(description="epoch of the lowest validation loss")
    train_seconds: Estimate = Field(description="training alone, after its warm-up")
    images_per_second: Estimate
    latency_p50_batch_1: Estimate = Field(description="seconds for one image, engine torch")
    latency_p50_batch_64: Estimate = Field(description="seconds for 64 images, engine torch")
    num_parameters: int
    flops: int = Field(description="forward pass of one image")
    model_bytes: int
    best_model_id: str | None = Field(
        description="of the seed with the best validation accuracy: the test split chooses nothing"
    )


def leaderboard(results: ComparisonResults) -> list[LeaderboardRow]:
    """Rows of the architectures that have a result."""
    rows = [_row(results, architecture) for architecture in results.with_results]
    rows.sort(key=lambda row: row.test_accuracy.mean or 0.0, reverse=True)
    return [row.model_copy(update={"rank": rank}) for rank, row in enumerate(rows, start=1)]


def _row(results: ComparisonResults, architecture: str) -> LeaderboardRow:
    found = results.finished(architecture)
    aucs = [one["macro_auc"] for one in found if one["macro_auc"] is not None]
    gaps = [one["train"]["accuracy"] - one["test"]["accuracy"] for one in found]
    return LeaderboardRow(
        rank=0,
        architecture=architecture,
        n=len(found),
        train_accuracy=estimate([one["train"]["accuracy"] for one in found]),
        validation_accuracy=estimate([one["validation"]["accuracy"] for one in found]),
        test_accuracy=estimate([one["test"]["accuracy"] for one in found]),
        test_loss=estimate([one["test"]["loss"] for one in found]),
        macro_auc=estimate(aucs),
        generalisation_gap=estimate(gaps),
        best_epoch=estimate([one["best_epoch"] for one in found]),
        train_seconds=estimate([one["train_seconds"] for one in found]),
        images_per_second=estimate([one["images_per_second"] for one in found]),
        latency_p50_batch_1=estimate([latency_p50(one, 1) for one in found]),
        latency_p50_batch_64=estimate([latency_p50(one, 64) for one in found]),
        num_parameters=found[0]["num_parameters"],
        flops=found[0]["flops"],
        model_bytes=found[0]["model_bytes"],
        best_model_id=_best_model(results.of(architecture)),
    )


def latency_p50(result: dict[str, Any], batch_size: int) -> float:
    """Median latency in seconds at one batch size."""
    [found] = [one for one in result["latency"] if one["batch_size"] == batch_size]
    return float(found["p50"])


def _best_model(runs: list[Run]) -> str | None:
    finished = [run for run in runs if run.result is not None]
    best = max(finished, key=lambda run: (run.result or {})["validation"]["accuracy"])
    return best.model_id
