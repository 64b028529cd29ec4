"""Class names: the same name is the same class, however it is encoded, and numbers are in their order."""

import re
import unicodedata
from collections.abc import Iterable

from workers.datasets.content import MOST_CLASSES, ContentError

WHOLE_NUMBER = re.compile(r"-?[0-9]+")


def ordered_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """The names of the classes, sorted: by value where all are whole numbers, else as text.

    ContentError where there are too many, or two names differ only by case.
    """
    names = sorted(set(labels))
    if len(names) > MOST_CLASSES:
        raise ContentError(
            f"there are {len(names):,} classes; at most {MOST_CLASSES} are accepted, so the labels"
            " may not be classes at all"
        )
    refuse_near_duplicates(names)
    if all(WHOLE_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(names)


def normalised(name: str) -> str:
    """The name in Unicode's composed form (NFC), which file systems do not agree on."""
    return unicodedata.normalize("NFC", name).strip()


def refuse_near_duplicates(names: Iterable[str]) -> None:
    """ContentError where two names differ only by case."""
    seen: dict[str, str] = {}
    for name in names:
        folded = unicodedata.normalize("NFKC", name).casefold()
        other = seen.setdefault(folded, name)
        if other != name:
            raise ContentError(
                f"the classes {other!r} and {name!r} differ only by case or form; give them one name"
                " if they are the same, or clearly different names"
            )
