"""Whoever imports one table has them all, with the references between them."""

import subprocess
import sys

import pytest

from workers.storage import tables
from workers.storage.tables import Base

RESOLVE = """
import {module}
from workers.storage.tables.base import Base
print(len([key.column for table in Base.metadata.tables.values() for key in table.foreign_keys]))
"""


@pytest.mark.parametrize("module", ["queue.jobs", "storage.metrics", "storage.trained_models"])
def test_every_reference_is_resolved_whatever_was_imported(module: str) -> None:
    command = [sys.executable, "-c", RESOLVE.format(module=f"workers.{module}")]
    resolved = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    references = [key for table in Base.metadata.tables.values() for key in table.foreign_keys]

    assert int(resolved) == len(references)


def test_every_table_can_be_imported_from_the_room() -> None:
    mapped = {mapper.class_.__name__ for mapper in Base.registry.mappers}

    assert mapped <= set(tables.__all__)
