"""Jobs by the client, against a real service."""

import json

import pytest

from bakeoff import Client, RefusedError


def test_a_job_is_enqueued_listed_cancelled_and_retried(empty_address):
    with Client(empty_address) as client:
        made = client.create_job("digits", "cnn", recipe={"epochs": 1}, priority=-1)

        assert [job["id"] for job in client.list_jobs(status="queued")] == [made["id"]]
        assert client.cancel_job(made["id"])["status"] == "cancelled"
        assert client.retry_job(made["id"])["status"] == "queued"
        client.cancel_job(made["id"])
        assert [event.event for event in client.follow_job(made["id"])] == ["status"] * 4
        first, *_ = client.follow_job(made["id"])
        later = list(client.follow_job(made["id"], last_event_id=int(first.id)))
        assert len(later) == 3
        assert json.loads(later[-1].data)["status"] == "cancelled"


def test_one_key_makes_one_job(empty_address):
    with Client(empty_address) as client:
        first, second = (
            client.create_job("digits", "cnn", idempotency_key="tuesday-1") for _ in range(2)
        )
        with pytest.raises(RefusedError):
            client.create_job("digits", "resnet18", idempotency_key="tuesday-1")

        assert first == second
        assert len(list(client.list_jobs())) == 1


def test_metrics_come_epoch_by_epoch(client):
    [job, *_] = client.list_jobs(status="succeeded")

    assert [row["epoch"] for row in client.show_metrics(job["id"])] == [1, 2]
    heading, *lines = client.download_metrics(job["id"]).splitlines()
    assert "validation_accuracy" in heading
    assert len(lines) == 2


def test_lists_are_filtered_and_read_to_their_last_page(client):
    assert len(list(client.list_jobs(status="succeeded"))) == 4
    assert len(list(client.list_jobs(kind="train", architecture="cnn", dataset="digits"))) == 2


def test_a_list_is_read_page_by_page(client, monkeypatch):
    pages = []
    get = client._connection.get

    def short(path, **parameters):
        pages.append(get(path, limit=3, **parameters))
        return pages[-1]

    monkeypatch.setattr(client._connection, "get", short)

    assert len({job["id"] for job in client.list_jobs(kind="train")}) == 4
    assert [len(page["items"]) for page in pages] == [3, 1]


def test_a_refusal_is_an_exception_with_its_sentence_and_status(client):
    with pytest.raises(RefusedError, match="did you mean 'cnn'") as refused:
        client.create_job("digits", "cn")

    assert refused.value.status == 422


def test_a_name_with_a_slash_stays_one_name(client):
    with pytest.raises(RefusedError) as refused:
        client.show_job("../models")

    assert refused.value.status in {404, 422}
