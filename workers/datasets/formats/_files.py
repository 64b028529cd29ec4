"""What the names of files say: which are images, which are tables, and which split is meant."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from workers.datasets.image_file import SUFFIXES
from workers.datasets.listing import Split

#: The names that people give to splits, without regard to case.
SPLIT_NAMES: dict[str, Split] = {
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
TABLE_SUFFIXES = {".csv", ".tsv", ".jsonl"}
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}

NO_IMAGE = "no image file"
HIDDEN = "hidden file"


def is_hidden(name: str) -> bool:
    """Whether a file was left by an operating system rather than meant."""
    parts = PurePosixPath(name).parts
    return parts[-1].lower() in SYSTEM_FILES or any(
        part.startswith((".", "__MACOSX")) for part in parts
    )


def is_image(name: str) -> bool:
    """Whether a name is that of an image file."""
    return PurePosixPath(name).suffix.lower() in SUFFIXES and not is_hidden(name)


def tables(names: Iterable[str]) -> list[str]:
    """The files that are tables of labels, by their names."""
    paths = [PurePosixPath(name) for name in names if not is_hidden(name)]
    return [
        str(path)
        for path in paths
        if path.stem.lower() in TABLE_NAMES and path.suffix.lower() in TABLE_SUFFIXES
    ]


def split_named(text: str) -> Split | None:
    """The split that a word stands for."""
    return SPLIT_NAMES.get(text.strip().lower())
