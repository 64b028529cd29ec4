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
    kinds = ((exact, "equal"), (near, "nearly equal"))
    found = [f"{amount(len(groups), 'group')} of {kind} images" for groups, kind in kinds if groups]
    return Finding(
        level="warning",
        sentence=f"the labels differ within {' and '.join(found)}",
        count=len(exact) + len(near),
        groups=gathered.listed_groups([*exact, *near]),
    )
