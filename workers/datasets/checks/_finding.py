"""What a check has found, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["ok", "notice", "warning", "skipped"]

MAX_GROUPS = 50  # that a finding lists
MAX_OF_GROUP = 8  # images that are listed of each


@dataclass(frozen=True)
class FoundImage:
    """Where an image is, what it is labelled, and what is remarkable about it."""

    split: str
    index: int  # in its split
    label: str
    remark: str = ""


@dataclass(frozen=True)
class Group:
    """Images that belong together: copies of each other, or a single image."""

    size: int
    images: Sequence[FoundImage]  # the first few


@dataclass(frozen=True)
class Finding:
    """The answer of a check; `skipped` where it could not look."""

    level: Level
    sentence: str
    count: int = 0  # of what the sentence is about; `groups` are the first few
    groups: Sequence[Group] = field(default_factory=tuple)
    #: Class → images in each split, of the check that counts them.
    counts: dict[str, dict[str, int]] | None = None


def amount(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 image`, `2,000 images`, `2 classes`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
