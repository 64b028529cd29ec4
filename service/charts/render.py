"""A figure as bytes, and the numbers in it."""

import io
import json
import math
import threading
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from service.charts import charts

mpl.rcParams["svg.hashsalt"] = "bakeoff"  # the same figure gives the same bytes
mpl.rcParams["font.family"] = "DejaVu Sans"

MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml", "json": "application/json"}

_DRAWING = threading.Lock()  # matplotlib's font and text caches are not made for threads


def title_of(chart: str) -> str:
    """The first line of a chart's docstring, without its full stop."""
    return charts.description(chart).splitlines()[0].removesuffix(".")


def render(figure: Figure, suffix: str) -> bytes:
    """The figure as png or svg, or what it shows as json."""
    if suffix == "json":
        return json.dumps(numbers(figure), allow_nan=False).encode()
    buffer = io.BytesIO()
    metadata = {"Date": None} if suffix == "svg" else {"Software": None}
    with _DRAWING:
        figure.savefig(buffer, format=suffix, metadata=metadata)
    return buffer.getvalue()


def numbers(figure: Figure) -> dict[str, Any]:
    """What is drawn, panel by panel: every labelled line, point set, bar and matrix."""
    return {"panels": [_panel(axes) for axes in figure.axes if axes.get_label() != "<colorbar>"]}


def _panel(axes: Axes) -> dict[str, Any]:
    series = [
        {"label": line.get_label(), "x": _listed(line.get_xdata()), "y": _listed(line.get_ydata())}
        for line in axes.lines
        if not str(line.get_label()).startswith("_")
    ]
    matrices = [_listed(image.get_array()) for image in axes.images]
    return {
        "title": axes.get_title(loc="left") or axes.get_title(),
        "x": axes.get_xlabel(),
        "y": axes.get_ylabel(),
        "series": series,
        **({"matrices": matrices} if matrices else {}),
    }


def _listed(values: Any) -> Any:
    found = np.ma.filled(np.ma.asarray(values, dtype=object), None).tolist()
    return _without_nan(found)


def _without_nan(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
