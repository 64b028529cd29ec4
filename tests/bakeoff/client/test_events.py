"""The events of all jobs by the client, against a real service."""

import json

import pytest

from bakeoff import Client, RefusedError


def test_events_of_all_jobs_come_as_they_happen(empty_address):
    with Client(empty_address) as client:
        following = client.follow_events()
        assert next(following).event == "ready"
        made = client.create_job("digits", "cnn")
        other = client.create_job("digits", "fully_connected")
        created = [next(following) for _ in range(2)]

        told = [json.loads(event.data)["job_id"] for event in created]
        assert told == [made["id"], other["id"]]
        again = client.follow_events(
            job=[other["id"]], kind=["status"], last_event_id=int(created[0].id)
        )
        assert next(again).data == created[1].data
        from_the_start = client.follow_events(last_event_id=0)
        assert [next(from_the_start).id for _ in created] == [event.id for event in created]


def test_what_is_not_there_cannot_be_followed(client):
    with pytest.raises(RefusedError, match="there is no comparison 'nothing'"):
        next(client.follow_events(comparison="nothing"))
