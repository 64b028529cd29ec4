"""What happened in a soak: counted, and told where it must not happen."""

import logging
from collections import Counter
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

MAX_TOLD = 200  # of what went wrong; the rest is counted


@dataclass
class Record:
    """Counts by name, and sentences about what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    num_wrong: int = 0

    def count(self, what: str) -> None:
        """Count one more."""
        self.counts[what] += 1

    def note_wrong(self, sentence: str) -> None:
        """Note what must not happen."""
        logger.error("%s", sentence)
        self.num_wrong += 1
        if len(self.wrong) < MAX_TOLD:
            self.wrong.append(sentence)
