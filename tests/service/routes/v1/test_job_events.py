"""The stream of a job's events: whole, resumable, and over when the job is."""

import pytest


def read(http, path, **headers):
    """The events of a stream, as dictionaries of their fields."""
    answer = http.get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    blocks = [block for block in answer.text.split("\n\n") if block and not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


def test_a_stream_tells_the_whole_history_and_ends_with_the_job(trained):
    events = read(trained.http, "/v1/jobs/latest/events")

    assert [event["event"] for event in events] == ["status", "status", "epoch", "epoch", "status"]
    assert '"succeeded"' in events[-1]["data"]
    assert '"epoch": 1' in events[2]["data"].replace(":", ": ").replace(":  ", ": ")


def test_a_stream_goes_on_after_the_last_event_that_was_seen(trained):
    events = read(trained.http, "/v1/jobs/latest/events")

    rest = read(trained.http, "/v1/jobs/latest/events", **{"Last-Event-ID": events[2]["id"]})

    assert rest == events[3:]
    assert read(trained.http, "/v1/jobs/latest/events", **{"Last-Event-ID": events[-1]["id"]}) == []


@pytest.mark.parametrize("last", ["x", "-1", "9" * 30, "1.5"])
def test_a_last_event_id_that_no_stream_gave_is_refused(trained, last):
    answer = trained.http.get("/v1/jobs/latest/events", headers={"Last-Event-ID": last})

    trained.refused(answer, 422)


def test_a_stream_of_no_job_is_a_404(service):
    service.refused(service.http.get("/v1/jobs/latest/events"), 404)


def test_a_long_history_is_told_to_its_end(service):
    from datetime import UTC, datetime

    from workers.queue import events
    from workers.storage.database import open_database, transaction

    job = service.http.post("/v1/jobs", json={"dataset": "digits", "architecture": "cnn"}).json()
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        for epoch in range(2500):
            data = {"epoch": epoch}
            events.add(
                session, job_id=job["id"], at=datetime.now(UTC), kind="epoch", token=1, data=data
            )
    service.http.post(f"/v1/jobs/{job['id']}/cancel")

    told = read(service.http, f"/v1/jobs/{job['id']}/events")

    assert len(told) == 2502
    assert '"cancelled"' in told[-1]["data"]
