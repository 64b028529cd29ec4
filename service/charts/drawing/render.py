"""A figure as bytes, and the numbers in it."""

import io
import json
import math
import re
import threading
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from service.charts import charts
from service.charts.drawing.style import NOTE
from service.charts.drawing.themes import Theme, apply_theme

mpl.rcParams["svg.hashsalt"] = "bakeoff"  # the same figure gives the same bytes
mpl.rcParams["font.family"] = "DejaVu Sans"

MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml", "json": "application/json"}

WIDTH = 1200  # pixels

_DRAWING = threading.Lock()  # matplotlib's font and text caches are not made for threads


def title_of(chart: str) -> str:
    """The first line of a chart's docstring, without its full stop."""
    return charts.description(chart).splitlines()[0].removesuffix(".")


def render(figure: Figure, suffix: str, *, width: int = WIDTH, theme: Theme = Theme.LIGHT) -> bytes:
    """The figure as png or svg, `width` pixels wide, or what it shows as json."""
    if suffix == "json":
        return json.dumps(numbers(figure), allow_nan=False).encode()
    buffer = io.BytesIO()
    metadata = {"Date": None} if suffix == "svg" else {"Software": None}
    apply_theme(figure, theme)
    with _DRAWING:
        dpi = width / figure.get_figwidth()
        figure.savefig(buffer, format=suffix, metadata=metadata, dpi=dpi)
    return _sized(buffer.getvalue(), width) if suffix == "svg" else buffer.getvalue()


def _sized(svg: bytes, width: int) -> bytes:
    """The same SVG, `width` pixels wide; its viewBox stays."""

    def resize(found: re.Match[bytes]) -> bytes:
        height = width * float(found[2]) / float(found[1])
        return f'width="{width}" height="{height:.0f}"'.encode()

    return re.sub(rb'width="([\d.]+)pt" height="([\d.]+)pt"', resize, svg, count=1)


def numbers(figure: Figure) -> dict[str, Any]:
    """What is drawn, panel by panel: every labelled line, point set, bar and matrix.

    A `note` says why, where there is nothing to draw.
    """
    panels = [_panel(axes) for axes in figure.axes if axes.get_visible()]
    said = [text.get_text() for text in figure.texts if text.get_gid() == NOTE]
    return {"panels": panels, **({"note": said[0]} if said else {})}


def _panel(axes: Axes) -> dict[str, Any]:
    series = [
        {"label": line.get_label(), "x": _listed(line.get_xdata()), "y": _listed(line.get_ydata())}
        for line in axes.lines
        if not str(line.get_label()).startswith("_")
    ]
    matrices = [
        _listed(image.get_array())
        for image in axes.images
        if not str(image.get_label()).startswith("_picture")  # not numbers
    ]
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
