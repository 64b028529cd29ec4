"""What an upload holds: its images, where they lie and what they show, before any is decoded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from workers.datasets.listings.places import Place

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")
MAX_EXAMPLES = 5  # names of files that are kept for each reason


@dataclass(frozen=True, slots=True)
class ListedImage:
    """One image of an upload."""

    name: str  # as the upload has it
    label: str  # the name of its class
    place: Place
    split: SplitName | None = None  # None: the upload does not say


@dataclass
class Skipped:
    """What is not taken into the dataset, by reason."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)  # the first names

    def add(self, reason: str, name: str) -> None:
        """Count one more."""
        self.counts[reason] += 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < MAX_EXAMPLES:
            examples.append(name[:200])

    def as_json(self) -> list[dict[str, object]]:
        """`reason`, `count` and `examples` of each reason, the most frequent first."""
        return [
            {"reason": reason, "count": count, "examples": self.examples[reason]}
            for reason, count in self.counts.most_common()
        ]


@dataclass
class Listing:
    """The images of an upload in its own order, with what was noticed while it was listed."""

    images: Sequence[ListedImage]
    #: In the order in which they are numbered; None: the order of their names.
    classes: tuple[str, ...] | None = None
    skipped: Skipped = field(default_factory=Skipped)
    notes: list[str] = field(default_factory=list)  # sentences without a full stop
