"""Class names: the same name is the same class, however it is encoded, and numbers are in their order."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from workers.datasets.content import MAX_CLASSES, ContentError

WHOLE_NUMBER = re.compile(r"-?[0-9]+")
MAX_LENGTH = 200  # characters
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def ordered_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """The names of the classes, sorted: by value where all are whole numbers, else as text.

    ContentError where check_classes() has it.
    """
    names = sorted(set(labels))
    check_classes(names)
    if all(WHOLE_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(names)


def normalise(name: str) -> str:
    """The name in Unicode's composed form (NFC), which file systems do not agree on."""
    return unicodedata.normalize("NFC", name).strip()


def check_classes(names: Sequence[str]) -> None:
    """ContentError where there are too many, two are nearly the same, or one is no name."""
    if len(names) > MAX_CLASSES:
        raise ContentError(
            f"there are {len(names):,} classes; at most {MAX_CLASSES} are accepted, so the labels"
            " may not be classes at all"
        )
    for name in names:
        if not name or len(name) > MAX_LENGTH or UNPRINTABLE.search(name):
            raise ContentError(
                f"{name[:80]!r} cannot be the name of a class; accepted are 1 to {MAX_LENGTH}"
                " characters of any script, without control characters"
            )
    _refuse_near_duplicates(names)


def _refuse_near_duplicates(names: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        folded = unicodedata.normalize("NFKC", name).casefold()
        other = seen.setdefault(folded, name)
        if other != name:
            raise ContentError(
                f"the classes {other!r} and {name!r} differ only by case or form; give them one name"
                " if they are the same, or clearly different names"
            )
