"""Text in any script: the fonts that are installed, and how much of a line fits."""

import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from matplotlib.font_manager import (
    FontProperties,
    findSystemFonts,
    fontManager,
    get_font,
)
from matplotlib.textpath import text_to_path

FIRST = "DejaVu Sans"  # which matplotlib brings: Latin, Greek, Cyrillic, Arabic and Hebrew
#: Packages of fonts, which are extras of pyproject.toml.
PACKAGES = ("noto_cjk_sans_jp_regular",)
#: How the names of files begin that have what the first font lacks: fonts of the packages, of Linux,
#: macOS and Windows, for the scripts of East and South Asia. The first of each that is there is taken.
FILES = (
    "NotoSansCJK",
    "NotoSansSC",
    "SourceHanSans",
    "wqy-zenhei",
    "wqy-microhei",
    "DroidSansFallback",
    "PingFang",
    "Hiragino Sans GB",
    "msyh",
    "YuGoth",
    "AppleSDGothicNeo",
    "malgun",
    "NotoSansKR",
    "NanumGothic",
    "NotoSansJP",
    "ipaexg",
    "NotoSansDevanagari",
    "NotoSansThai",
    "Nirmala",
    "Arial Unicode",
    "unifont",
)
SUFFIXES = {".ttf", ".otf", ".ttc"}


@functools.cache
def families() -> list[str]:
    """The font of every chart, then those that are asked for letters it lacks.

    They are looked for on the disk: matplotlib's own list is as old as its cache, and lacks a font that
    has been installed since.
    """
    found = sorted(_files(), key=lambda path: ("regular" not in path.stem.lower(), str(path)))
    chosen = (next((path for path in found if _begins(path, name)), None) for name in FILES)
    names = (_family(path) for path in chosen if path)
    return list(dict.fromkeys([FIRST, *filter(None, names)]))


@functools.cache
def letters() -> frozenset[int]:
    """Every code point that some font has; others would be drawn as boxes."""
    paths = [fontManager.findfont(FontProperties(family=name)) for name in families()]
    return frozenset().union(*(get_font(path).get_charmap() for path in paths))


def shorten_to_fit(line: str, width: float, size: float) -> str:
    """The line, or its beginning with an ellipsis, so that it is at most `width` points wide."""
    if width_of(line, size) <= width:
        return line
    end = len(line)
    while end > 0 and width_of(line[:end] + "…", size) > width:
        end -= 1
    return line[:end].rstrip() + "…"


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        found = importlib.util.find_spec(package)
        for folder in (found and found.submodule_search_locations) or ():
            yield from (path for path in Path(folder).rglob("*") if path.suffix in SUFFIXES)
    yield from map(Path, findSystemFonts())


def _begins(path: Path, name: str) -> bool:
    return path.name.lower().startswith(name.lower())


def _family(path: Path) -> str | None:
    """The name of a font's family, which matplotlib knows then; None for a file that it cannot read."""
    known = {entry.fname: entry.name for entry in fontManager.ttflist}
    if str(path) in known:
        return known[str(path)]
    try:
        fontManager.addfont(path)
    except (OSError, RuntimeError):  # FreeType's errors are the latter
        return None
    return fontManager.ttflist[-1].name


def width_of(line: str, size: float) -> float:
    """How wide a line is in letters of `size`, both in points."""
    font = FontProperties(family=families(), size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(line, font, ismath=False)
    return float(width)
