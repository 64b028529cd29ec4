"""What the names of files say: which are images, which are tables, and which split is meant."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from workers.datasets.images.image_file import SUFFIXES
from workers.datasets.listings.listing import SplitName

#: The names that people give to splits, without regard to case.
SPLIT_NAMES: dict[str, SplitName] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
TABLE_NAMES = {"labels", "metadata", "annotations"}
TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl")
HIDDEN_PART = re.compile(r"(^|/)(\.|__MACOSX)")
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}

NO_IMAGE = "no image file"
HIDDEN = "hidden file"


def is_hidden(name: str) -> bool:
    """Whether a file was left by an operating system rather than meant."""
    file_name = name.rpartition("/")[2]
    return HIDDEN_PART.search(name) is not None or file_name.lower() in SYSTEM_FILES


def is_image(name: str) -> bool:
    """Whether a name is that of an image file."""
    stem, dot, suffix = name.rpartition(".")
    has_stem = bool(stem) and not stem.endswith("/")
    return has_stem and dot + suffix.lower() in SUFFIXES and not is_hidden(name)


def tables(names: Iterable[str]) -> list[str]:
    """The files that are tables of labels, by their names."""
    candidates = [name for name in names if name.lower().endswith(TABLE_SUFFIXES)]
    return [
        name
        for name in candidates
        if PurePosixPath(name).stem.lower() in TABLE_NAMES and not is_hidden(name)
    ]


def split_named(text: str) -> SplitName | None:
    """The split that a word stands for."""
    return SPLIT_NAMES.get(text.strip().lower())
