"""Text in any script: the fonts that are installed, and how much of a line fits."""

import functools

from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.textpath import text_to_path

#: Tried for letters that the first lacks: the common fonts of Linux, macOS and Windows for the scripts
#: of East and South Asia. Latin, Greek, Cyrillic and Arabic are in the first, which matplotlib brings.
FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
    "Microsoft YaHei",
    "Nirmala UI",
)


@functools.cache
def families() -> list[str]:
    """The font of every chart, then those of the fallbacks that are installed."""
    installed = set(fontManager.get_font_names())
    return ["DejaVu Sans", *(name for name in FALLBACKS if name in installed)]


def is_drawable(text: str) -> bool:
    """Whether the fonts have every letter; one that they lack would be drawn as a box."""
    return {ord(letter) for letter in text if not letter.isspace()} <= _letters()


def shorten_to_fit(line: str, width: float, size: float) -> str:
    """The line, or its beginning with an ellipsis, so that it is at most `width` points wide."""
    if _width(line, size) <= width:
        return line
    end = len(line)
    while end > 0 and _width(line[:end] + "…", size) > width:
        end -= 1
    return line[:end].rstrip() + "…"


@functools.cache
def _letters() -> frozenset[int]:
    paths = [fontManager.findfont(FontProperties(family=name)) for name in families()]
    return frozenset().union(*(get_font(path).get_charmap() for path in paths))


def _width(line: str, size: float) -> float:
    font = FontProperties(family=families(), size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(line, font, ismath=False)
    return float(width)
