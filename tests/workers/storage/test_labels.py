"""Labels are searched alike on each kind of database, in any script."""

import pytest
from sqlalchemy import Engine

from tests.workers.queueing import enqueue
from workers.queue import jobs
from workers.storage import labels
from workers.storage.database import transaction


@pytest.mark.parametrize(
    ("search", "tag"),
    [
        ("straße", None),
        ("STRASSE", None),
        ("ÉTÉ", None),
        ("e\u0301te\u0301", None),
        ("флж", None),
        ("100 %", None),
        ("DIGITS", None),
        ("cN", None),
        (None, "büro"),
        (None, "two words"),
        ("straße", "büro"),
    ],
)
def test_a_row_is_found_by_what_is_written_on_it(
    database: Engine, search: str | None, tag: str | None
) -> None:
    job_id = enqueue(database)
    with transaction(database) as session:
        labels.change(
            jobs.get(session, job_id),
            {"name": "Straße im été", "note": "ФЛЖ, 100 % _", "tags": ["büro", "two words"]},
        )

    assert _found(database, search, tag) == [job_id]


@pytest.mark.parametrize(
    ("search", "tag"), [("%", "büro "), ("c_n", None), (None, "words"), ("été", "keep")]
)
def test_wildcards_and_parts_of_tags_are_nothing_special(
    database: Engine, search: str | None, tag: str | None
) -> None:
    job_id = enqueue(database)
    with transaction(database) as session:
        labels.change(jobs.get(session, job_id), {"name": "été", "tags": ["büro", "two words"]})

    assert _found(database, search, tag) == []


def _found(database: Engine, search: str | None, tag: str | None) -> list[str]:
    with transaction(database, read_only=True) as session:
        found = jobs.find(session, {}, search=search, tag=tag, limit=10)
        return [job.id for job in found.items]
