"""Checks of a dataset before and after training, one a file: a new check is a new file.

A check looks at what one pass over the images has gathered, and returns a finding. Modules with a
leading underscore are shared by several checks.
"""

import functools
from collections.abc import Iterator
from typing import Protocol, cast

from workers.datasets.checks._finding import Finding
from workers.datasets.checks._gathered import Gathered as Gathered
from workers.datasets.checks._gathered import HeldOut as HeldOut
from workers.datasets.checks._gathered import LabelledImages as LabelledImages
from workers.datasets.checks._gathered import gather as gather
from workers.datasets.checks._held_out import MeanProbabilities as MeanProbabilities
from workers.entries import import_entries


class Check(Protocol):
    """What a file of this folder offers."""

    #: What is looked for, as a heading.
    TITLE: str

    def check(self, gathered: Gathered) -> Finding:
        """What there is of it in a dataset."""
        ...


def run_checks(gathered: Gathered) -> Iterator[tuple[str, str, Finding]]:
    """Name, title and finding of every check, in the order of their names."""
    for name, check in checks().items():
        yield name, check.TITLE, check.check(gathered)


@functools.cache
def checks() -> dict[str, Check]:
    """Name → check, of every file of this folder."""
    return cast("dict[str, Check]", import_entries(__name__, __path__))
