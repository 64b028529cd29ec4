"""Images of one split that have the same pixels as an image of another."""

from workers.datasets.checks._finding import Finding, amount
from workers.datasets.checks._gathered import Gathered
from workers.datasets.checks._splits import across_splits, num_held_out

TITLE = "Exact leaks"


def check(gathered: Gathered) -> Finding:
    """Warn of leaks: scores of images that were trained on say nothing of new ones."""
    groups = across_splits(gathered, gathered.copies)
    if not groups:
        return Finding("ok", "no image is in two splits")
    leaked = num_held_out(gathered, groups)
    verb = "is" if leaked == 1 else "are"
    return Finding(
        level="warning",
        sentence=f"{amount(leaked, 'image')} of validation and test {verb} found again in another"
        " split, pixel by pixel",
        count=leaked,
        groups=gathered.listed_groups(groups),
    )
