"""Names that people chose, as charts show them: in letters that the fonts have, and not too long."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from service.analysis.results import ComparisonResults, Run
from service.charts.drawing.fonts import letters, width_of
from service.charts.drawing.style import NORMAL

LONGEST = 170.0  # points of a name; more would leave a chart no room
SURELY_SHORT = 16  # letters, in any script
RIGHT_TO_LEFT = {"R", "AL"}  # of Unicode's bidirectional classes
LEFT_TO_RIGHT_MARK = "\u200e"
JOINERS = "\u200c\u200d"  # which Persian and the scripts of India are written with
#: Categories of Unicode without a mark of their own.
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
NOTE = "no font has some of the names: \\u4e2d is a letter, class 3 that of index 3"


def readable_results(results: ComparisonResults) -> ComparisonResults:
    """The same results under names that can be drawn; labels of architectures stay different."""
    labels = _readable_labels(results.architectures)
    architectures = tuple(
        architecture.model_copy(update={"label": labels[architecture.label]})
        for architecture in results.labelled_architectures
    )
    runs = tuple(_rename(run, labels[run.architecture]) for run in results.runs)
    return replace(results, labelled_architectures=architectures, runs=runs)


def are_readable(names: Sequence[str]) -> bool:
    """Whether every letter of every name can be drawn as it is."""
    return all(_is_shown(letter) for name in names for letter in name)


def readable(text: str) -> str:
    r"""The text with `\u4e2d` for a letter that no font has, or that is not seen but changes others."""
    return "".join(
        letter if _is_shown(letter) else letter.encode("unicode_escape").decode()
        for letter in _with_plain_spaces(text)
    )


def readable_classes(names: Sequence[str]) -> list[str]:
    """The names of classes, long ones shortened; `class 3` for that of index 3 without a font."""
    return [
        _embed(_shorten(_with_plain_spaces(name))) if are_readable([name]) else f"class {index}"
        for index, name in enumerate(names)
    ]


def _readable_labels(names: Sequence[str]) -> dict[str, str]:
    """Label → what is drawn; where two have become the same, their numbers follow."""
    shown = [_embed(_shorten(readable(name))) for name in names]
    return {
        name: text if shown.count(text) == 1 else f"{text} ({number})"
        for number, (name, text) in enumerate(zip(names, shown, strict=True), start=1)
    }


def _is_shown(letter: str) -> bool:
    category = unicodedata.category(letter)
    if category == "Zs" or letter in JOINERS:
        return True
    return category not in UNSEEN and ord(letter) in letters()


def _with_plain_spaces(text: str) -> str:
    """The text with an ordinary space for each of Unicode's, which few fonts have."""
    return "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in text)


def _shorten(name: str) -> str:
    """The beginning and the end of a long name: often it differs from others at its end."""
    if len(name) <= SURELY_SHORT or width_of(name, NORMAL) <= LONGEST:
        return name
    half = len(name) // 2
    while width_of(short := f"{name[:half]}…{name[-half:]}", NORMAL) > LONGEST:
        half -= 1
    return short


def _embed(name: str) -> str:
    """The name so that the words around it stay in their order where it is written right to left."""
    is_turned = any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in name)
    return f"{LEFT_TO_RIGHT_MARK}{name}{LEFT_TO_RIGHT_MARK}" if is_turned else name


def _rename(run: Run, architecture: str) -> Run:
    if run.result is None:
        return replace(run, architecture=architecture)
    scores, curves = run.result["per_class"], run.result["roc"]
    names = [score["name"] for score in scores]
    shown = dict(zip(names, readable_classes(names), strict=True))
    renamed = {
        "per_class": [{**score, "name": shown[score["name"]]} for score in scores],
        "roc": [{**curve, "name": shown[curve["name"]]} for curve in curves],
    }
    return replace(run, architecture=architecture, result={**run.result, **renamed})
