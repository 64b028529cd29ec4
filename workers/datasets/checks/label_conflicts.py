"""Images that are the same, or nearly so, with different labels."""

from workers.datasets.checks._finding import Finding, amount
from workers.datasets.checks._gathered import Gathered

TITLE = "Label conflicts"


def check(gathered: Gathered) -> Finding:
    """Warn of copies that do not have the same label: all but one of the labels are wrong."""
    exact, near = (
        [group for group in groups if len(set(gathered.labels[group])) > 1]
        for groups in (gathered.copies, gathered.near_copies)
    )
    if not exact and not near:
        return Finding("ok", "all copies of an image have the same label")
    verb = "has" if len(exact) == 1 and not near else "have"
    return Finding(
        level="warning",
        sentence=f"{amount(len(exact), 'group')} of equal images and {len(near):,} of nearly equal"
        f" ones {verb} different labels",
        count=len(exact) + len(near),
        groups=gathered.listed_groups([*exact, *near]),
    )
