"""Images of one split that are nearly the same as an image of another."""

from workers.datasets.checks._finding import Finding, amount
from workers.datasets.checks._gathered import Gathered
from workers.datasets.checks._splits import across_splits, num_held_out

TITLE = "Near leaks"


def check(gathered: Gathered) -> Finding:
    """Warn of leaks: scores of images that were trained on say nothing of new ones."""
    groups = across_splits(gathered, gathered.near_copies)
    if not groups:
        return Finding(
            "ok", f"no image is nearly the same as one of another split{gathered.sample}"
        )
    leaked = num_held_out(gathered, groups)
    verb = "is" if leaked == 1 else "are"
    return Finding(
        level="warning",
        sentence=f"{amount(leaked, 'image')} of validation and test {verb} nearly the same as one of"
        f" another split{gathered.sample}",
        count=leaked,
        groups=gathered.listed_groups(groups),
    )
