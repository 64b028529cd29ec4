"""Images of a split that are nearly the same."""

from workers.datasets.checks._finding import Finding, amount
from workers.datasets.checks._gathered import Gathered
from workers.datasets.checks._splits import within_a_split

TITLE = "Near duplicates"


def check(gathered: Gathered) -> Finding:
    """Note near copies within a split, such as a picture saved again or brightened."""
    groups = within_a_split(gathered, gathered.near_copies)
    if not groups:
        return Finding("ok", f"no two images of a split are nearly the same{gathered.sample}")
    superfluous = sum(len(group) - 1 for group in groups)
    verb = "repeats" if superfluous == 1 else "repeat"
    return Finding(
        level="notice",
        sentence=f"{amount(superfluous, 'image')} nearly {verb} another of the same split"
        f"{gathered.sample}",
        count=superfluous,
        groups=gathered.listed_groups(groups),
    )
