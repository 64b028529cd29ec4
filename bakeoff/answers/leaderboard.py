"""The leaderboard of a comparison."""

from typing import TYPE_CHECKING

from bakeoff.answers import Json, _html
from bakeoff.answers._pandas import data_frame

if TYPE_CHECKING:
    import pandas as pd

HEADINGS = (
    "architecture",
    "test accuracy",
    "train accuracy",
    "balanced accuracy",
    "macro AUC",
    "training",
    "images/s",
    "latency p50, 1 image",
    "parameters",
)


class Leaderboard(list[Json]):
    """The rows of a leaderboard, one for each architecture; a notebook shows them as a table."""

    def to_pandas(self) -> "pd.DataFrame":
        """Every number, one row for each architecture; the columns are those of the CSV.

        `test_accuracy` is the mean over the `n` trainings, one for each seed, with folds one for each
        seed and fold; `test_accuracy_std`, `_low` and `_high` are its standard deviation and 95 %
        interval. Durations are in seconds. ImportError without pandas.
        """
        return data_frame([_flatten(row) for row in self])

    def _repr_html_(self) -> str:
        return _html.table(HEADINGS, [cells(row) for row in self])


def cells(row: Json) -> list[str]:
    """The cells of a row below HEADINGS; what is over trainings as mean ± standard deviation."""
    return [
        row["architecture"] + _of_marks(row),
        _spread(row["test_accuracy"], 100, "{:.2f}", " %"),
        _spread(row["train_accuracy"], 100, "{:.2f}", " %"),
        _spread(row.get("balanced_accuracy"), 100, "{:.2f}", " %"),  # earlier services lack it
        _spread(row["macro_auc"], 1, "{:.4f}"),
        _spread(row["train_seconds"], 1, "{:.1f}", " s") + _of_features(row),
        _spread(row["images_per_second"], 1, "{:,.0f}"),
        _spread(row["latency_p50_batch_1"], 1e6, "{:,.0f}", " µs"),
        f"{row['num_parameters']:,}",
    ]


def _spread(estimate: Json | None, scale: float, form: str, unit: str = "") -> str:
    if not estimate or estimate["mean"] is None:
        return "–"
    mean = form.format(estimate["mean"] * scale)
    if estimate["std"] is None:
        return mean + unit
    return f"{mean} ± {form.format(estimate['std'] * scale)}{unit}"


def _of_marks(row: Json) -> str:
    marks = row.get("marks")  # earlier services write none
    return f" ({', '.join(marks)})" if marks else ""


def _of_features(row: Json) -> str:
    seconds = row.get("features_seconds")  # earlier services compute none
    return f" (features once {seconds:.1f} s)" if seconds else ""


def _flatten(row: Json) -> Json:
    flat: Json = {}
    for name, value in row.items():
        if name == "pareto":
            flat |= {f"pareto_{cost}": is_on_front for cost, is_on_front in value.items()}
        elif isinstance(value, dict):
            flat[name] = value["mean"]
            flat |= {f"{name}_{end}": value[end] for end in ("std", "low", "high")}
        elif isinstance(value, list):
            flat[name] = ", ".join(value) or None
        else:
            flat[name] = value
    return flat
