"""The metrics of a job by epoch."""

from typing import TYPE_CHECKING

from bakeoff.answers import Json, _html
from bakeoff.answers._pandas import data_frame

if TYPE_CHECKING:
    import pandas as pd

#: What a notebook shows: scale and form of each. The gradients of every layer are left to `to_pandas()`.
COLUMNS = {
    "epoch": (1, "{:.0f}"),
    "train_loss": (1, "{:.4f}"),
    "validation_loss": (1, "{:.4f}"),
    "test_loss": (1, "{:.4f}"),
    "train_accuracy": (100, "{:.2f} %"),
    "validation_accuracy": (100, "{:.2f} %"),
    "test_accuracy": (100, "{:.2f} %"),
    "learning_rate": (1, "{:.3g}"),
    "seconds": (1, "{:.2f}"),
    "images_per_second": (1, "{:,.0f}"),
}


class Metrics(list[Json]):
    """The metrics of a training, one dict for each epoch; a notebook shows them as a table."""

    def to_pandas(self) -> "pd.DataFrame":
        """Every metric as a column, the epochs as index. ImportError without pandas."""
        frame = data_frame([row | {"epoch": int(row["epoch"])} for row in self])
        return frame.set_index("epoch") if self else frame

    def _repr_html_(self) -> str:
        headings = [name.replace("_", " ") for name in COLUMNS]
        rows = [[_cell(row.get(name), *how) for name, how in COLUMNS.items()] for row in self]
        return _html.table(headings, rows, left=0)


def _cell(value: float | None, scale: float, form: str) -> str:
    return "–" if value is None else form.format(value * scale)
