"""Whether the service lives, is ready, and what it tells Prometheus."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from service.app import create_app
from workers.queue import registrations
from workers.settings import Settings
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.tables import Registration


def samples(service):
    answer = service.http.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for f in families
        for sample in f.samples
    }


def test_it_lives(service):
    assert service.http.get("/health/live").json() == {"status": "ok"}


def test_ready_tells_database_schema_and_workers(service):
    now = utc_now()
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        for name, age in (("fresh", 1), ("gone", 600)):
            beat = now - timedelta(seconds=age)
            registrations.register(
                session,
                Registration(
                    id=name, host="h", pid=1, device="cpu", slots=1, started_at=beat, beat_at=beat
                ),
            )

    ready = service.http.get("/health/ready").json()

    assert ready["status"] == "ready"
    assert ready["sqlite_version"].startswith("3.")
    assert [worker["id"] for worker in ready["workers"]] == ["fresh"]


def test_a_database_that_was_not_migrated_is_not_ready_and_says_what_to_do(tmp_path):
    settings = Settings(data=tmp_path)
    with TestClient(create_app(settings), base_url="http://localhost") as http:
        answer = http.get("/health/ready")
    open_database(settings.resolved_database_url).dispose()

    assert answer.status_code == 503
    assert "bakeoff migrate" in answer.json()["detail"]


def test_a_database_that_cannot_be_reached_is_not_ready(tmp_path):
    settings = Settings(data=tmp_path / "missing" / "folder")
    with TestClient(create_app(settings), base_url="http://localhost") as http:
        answer = http.get("/health/ready")
        alive = http.get("/health/live")

    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert alive.status_code == 200


@pytest.mark.parametrize("path", ["/health/ready", "/v1/jobs"])
def test_a_probe_never_waits_for_a_writer(service, path):
    with transaction(open_database(service.settings.resolved_database_url)):
        assert service.http.get(path).status_code == 200


def test_jobs_and_requests_are_counted_under_the_template_of_their_route(service):
    service.http.post("/v1/jobs", json={"dataset": "digits", "architecture": "cnn"})
    service.http.get("/v1/jobs/latest")
    service.http.get("/v1/jobs/abc")

    found = samples(service)

    assert found["bakeoff_jobs", "queued"] == 1
    assert found["bakeoff_jobs", "failed"] == 0
    counts = {key[1:]: value for key, value in found.items() if key[0].endswith("seconds_count")}
    assert counts["GET", "/v1/jobs/{job_id}", "200"] >= 1
    assert counts["GET", "/v1/jobs/{job_id}", "404"] >= 1
