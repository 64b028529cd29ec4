"""Events are told in order, from any place on."""

from sqlalchemy import Engine

from tests.workers.queueing import (
    NOW,
    enqueue,
    held,
    record,
)
from workers.queue import events, leases
from workers.storage.database import transaction
from workers.storage.tables import Event


def test_events_come_in_order_and_from_where_one_has_read(database: Engine) -> None:
    job_id = enqueue(database)
    lease = held(database)
    record(database, lease, 1, loss=0.5)
    with transaction(database) as session:
        leases.succeed(session, lease, result={}, now=NOW)

    with transaction(database, read_only=True) as session:
        whole: list[Event] = events.list_after(session, job_id, 0)
        rest = events.list_after(session, job_id, whole[1].id)

    assert [(event.kind, event.data.get("status")) for event in whole] == [
        ("status", "queued"),
        ("status", "running"),
        ("epoch", None),
        ("status", "succeeded"),
    ]
    assert [event.id for event in rest] == [event.id for event in whole[2:]]
