"""Images of a split that have the same pixels."""

from workers.datasets.checks._finding import Finding, amount
from workers.datasets.checks._gathered import Gathered
from workers.datasets.checks._splits import within_a_split

TITLE = "Exact duplicates"


def check(gathered: Gathered) -> Finding:
    """Note copies within a split: they count twice in training, and in a score."""
    groups = within_a_split(gathered, gathered.copies)
    if not groups:
        return Finding("ok", "no image appears twice in a split")
    superfluous = sum(len(group) - 1 for group in groups)
    verb = "repeats" if superfluous == 1 else "repeat"
    return Finding(
        level="notice",
        sentence=f"{amount(superfluous, 'image')} {verb} another of the same split, pixel by pixel",
        count=superfluous,
        groups=gathered.listed_groups(groups),
    )
