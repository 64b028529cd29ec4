"""The leaderboard of a comparison as a table for the terminal."""

from typing import Any

from rich.table import Table

Json = dict[str, Any]


def leaderboard_table(comparison: Json) -> Table:
    """One line per architecture, best test accuracy first; mean ± standard deviation over seeds."""
    seeds = len(comparison["seeds"])
    table = Table(
        title=f"{comparison['dataset']}, n = {seeds} seed{'s' if seeds > 1 else ''}, "
        f"recipe {comparison['recipe_hash']}"
    )
    table.add_column("architecture")
    for heading in (
        "test accuracy",
        "train accuracy",
        "macro AUC",
        "training",
        "images/s",
        "latency p50, 1 image",
        "parameters",
    ):
        table.add_column(heading, justify="right")
    for row in comparison["leaderboard"]:
        table.add_row(
            row["architecture"],
            _spread(row["test_accuracy"], 100, "{:.2f}", " %"),
            _spread(row["train_accuracy"], 100, "{:.2f}", " %"),
            _spread(row["macro_auc"], 1, "{:.4f}"),
            _spread(row["train_seconds"], 1, "{:.1f}", " s"),
            _spread(row["images_per_second"], 1, "{:,.0f}"),
            _spread(row["latency_p50_batch_1"], 1e6, "{:.0f}", " µs"),
            f"{row['num_parameters']:,}",
        )
    return table


def _spread(estimate: Json | None, scale: float, form: str, unit: str = "") -> str:
    if not estimate or estimate["mean"] is None:
        return "–"
    mean = form.format(estimate["mean"] * scale)
    if estimate["std"] is None:
        return mean + unit
    return f"{mean} ± {form.format(estimate['std'] * scale)}{unit}"
