"""The dark theme: a chart is drawn in light colours, then every colour is changed to be seen on dark."""

from enum import StrEnum
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

BACKGROUND = "#14181D"
LIGHTEST = 0.93  # of grey on the dark background: what was black
DARKEST = 0.11  # what was white: nearly the background itself
MIN_CONTRAST = 4.5  # to the background (WCAG 2.2, AA)
ERRORS = LinearSegmentedColormap.from_list("errors_on_dark", [BACKGROUND, "#8C2A3A", "#FF7A6B"])


class Theme(StrEnum):
    """The background of a chart."""

    LIGHT = "light"
    DARK = "dark"


def apply_theme(figure: Figure, theme: Theme) -> None:
    """Recolour a finished figure, which was drawn in light colours."""
    if theme == Theme.LIGHT:
        return
    for artist in figure.findobj():
        _recolour(artist)
    for patch in (figure.patch, *(axes.patch for axes in figure.axes)):
        patch.set_facecolor(BACKGROUND)


def adapt_to_dark(colour: Any) -> tuple[float, float, float, float]:
    """A colour for a dark background: greys are mirrored, hues lightened for contrast."""
    *rgb, alpha = to_rgba(colour)
    red, green, blue = rgb
    if max(rgb) - min(rgb) < 0.04:  # noqa: PLR2004 - a grey
        grey = DARKEST + (LIGHTEST - DARKEST) * (1 - red)
        return (grey, grey, grey, alpha)
    share = 0.0  # of white mixed in
    while contrast((red, green, blue), BACKGROUND) < MIN_CONTRAST:
        share += 0.05
        red, green, blue = (part + share * (1 - part) for part in rgb)
    return (red, green, blue, alpha)


def contrast(first: Any, second: Any) -> float:
    """Contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Any) -> float:
    rgb = np.array(to_rgba(colour)[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _recolour(artist: Artist) -> None:
    if isinstance(artist, Text):
        artist.set_color(adapt_to_dark(artist.get_color()))
    elif isinstance(artist, Line2D):
        edge, face = artist.get_markeredgecolor(), artist.get_markerfacecolor()
        artist.set_color(adapt_to_dark(artist.get_color()))
        artist.set_markeredgecolor(adapt_to_dark(edge))  # read above: it may follow the line
        artist.set_markerfacecolor(adapt_to_dark(face))
    elif isinstance(artist, Patch):
        face, edge = artist.get_facecolor(), artist.get_edgecolor()
        artist.set_facecolor(adapt_to_dark(face))
        artist.set_edgecolor(adapt_to_dark(edge) if to_rgba(edge)[3] else "none")
    elif isinstance(artist, Collection):
        artist.set_facecolor([adapt_to_dark(face) for face in artist.get_facecolor()])
        artist.set_edgecolor([adapt_to_dark(edge) for edge in artist.get_edgecolor()])
    elif isinstance(artist, AxesImage) and artist.get_cmap().name == "errors":
        artist.set_cmap(ERRORS)
