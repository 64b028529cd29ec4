"""A chart as bytes: PNG, SVG, or the JSON of its data."""

import io
import json
import re
import threading

import matplotlib as mpl

from service.charts.drawing.chart import Chart
from service.charts.drawing.fonts import families
from service.charts.drawing.themes import Theme, apply_theme

mpl.rcParams["svg.hashsalt"] = "bakeoff"  # the same figure gives the same bytes
mpl.rcParams["font.family"] = families()
mpl.rcParams["text.parse_math"] = False  # $ in the name of a class is no formula

MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml", "json": "application/json"}

WIDTH = 1200  # pixels

_DRAWING = threading.Lock()  # matplotlib's font and text caches are not made for threads


def render(chart: Chart, suffix: str, *, width: int = WIDTH, theme: Theme = Theme.LIGHT) -> bytes:
    """The chart as png or svg, `width` pixels wide, or its data as json."""
    if suffix == "json":
        return json.dumps(chart.data, allow_nan=False).encode()
    figure = chart.figure()
    apply_theme(figure, theme)
    buffer = io.BytesIO()
    metadata = {"Date": None} if suffix == "svg" else {"Software": None}
    with _DRAWING:
        dpi = width / figure.get_figwidth()
        figure.savefig(buffer, format=suffix, metadata=metadata, dpi=dpi)
    return _set_width(buffer.getvalue(), width) if suffix == "svg" else buffer.getvalue()


def _set_width(svg: bytes, width: int) -> bytes:
    """The same SVG, `width` pixels wide; its viewBox stays."""

    def resize(size: re.Match[bytes]) -> bytes:
        height = width * float(size[2]) / float(size[1])
        return f'width="{width}" height="{height:.0f}"'.encode()

    return re.sub(rb'width="([\d.]+)pt" height="([\d.]+)pt"', resize, svg, count=1)
