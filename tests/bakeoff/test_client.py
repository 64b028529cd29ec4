"""The Python client against a real server: what users script with."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from safetensors.torch import load

from bakeoff.client import Client, RefusedError


@pytest.fixture
def client(address) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.fixture
def picture(tmp_path, png) -> Path:
    path = tmp_path / "bar.png"
    path.write_bytes(png(20, 20))
    return path


def test_a_comparison_is_followed_to_its_charts_report_and_models(client):
    *_, ended = client.follow("latest")

    assert ended["status"] == "succeeded"
    assert {row["architecture"] for row in ended["leaderboard"]} == {"fully_connected", "cnn"}
    for chart in client.charts(ended["id"]):
        assert client.chart(ended["id"], chart["name"], suffix="svg").startswith(b"<?xml")
    assert b"<html" in client.report(ended["id"])
    assert client.report(ended["id"], suffix="md").startswith(b"# ")
    assert ended["id"] in [one["id"] for one in client.comparisons()]
    model = client.model(ended["leaderboard"][0]["best_model_id"])
    assert load(client.weights(model["id"]))


def test_pictures_are_classified_in_their_order(client, picture):
    answer = client.predict("latest", picture, picture, top_k=2)

    assert len(answer["predictions"]) == 2
    assert len(answer["predictions"][0]["top"]) == 2


def test_a_job_is_enqueued_listed_cancelled_and_retried(empty_address):
    with Client(empty_address) as client:
        job = client.train("digits", "cnn", recipe={"epochs": 1}, priority=-1)

        assert [one["id"] for one in client.jobs(status="queued")] == [job["id"]]
        assert client.cancel(job["id"])["status"] == "cancelled"
        assert client.retry(job["id"])["status"] == "queued"
        client.cancel(job["id"])
        assert [event.event for event in client.events(job["id"])] == ["status"] * 4


def test_jobs_that_are_there_are_compared(empty_address):
    with Client(empty_address) as client:
        jobs = [client.train("digits", name, recipe={"epochs": 1}) for name in ("cnn", "resnet18")]
        comparison = client.compare_jobs([job["id"] for job in jobs], name="these two")

        assert comparison["name"] == "these two"
        assert [one["label"] for one in comparison["architectures"]] == ["cnn", "resnet18"]


def test_the_metrics_of_a_job_come_epoch_by_epoch(client):
    [job, *_] = client.jobs(status="succeeded")

    assert [one["epoch"] for one in client.metrics(job["id"])] == [1, 2]


def test_lists_are_read_to_their_last_page(client):
    assert len(list(client.jobs(status="succeeded"))) == 4
    assert len(list(client.models())) == 4


def test_a_dataset_is_uploaded_and_deleted(client, npz, tmp_path):
    archive = tmp_path / "mine.npz"
    archive.write_bytes(npz(3))

    assert client.upload_dataset("mine", archive)["state"] == "ready"
    assert client.dataset("mine")["classes"] == ["0", "1", "2"]
    client.delete_dataset("mine")
    with pytest.raises(RefusedError, match="mine"):
        client.dataset("mine")


def test_a_refusal_is_an_exception_with_its_sentence_and_status(client):
    with pytest.raises(RefusedError, match="did you mean 'cnn'") as refused:
        client.train("digits", "cn")

    assert refused.value.status == 422


def test_an_alias_stands_for_a_model(client):
    client.set_alias("best", "latest")

    assert client.model("best")["id"] == client.model("latest")["id"]


def test_a_service_that_is_not_there_is_not_ready():
    with Client("http://127.0.0.1:9", timeout=1) as client:
        assert not client.is_ready()
        with pytest.raises(httpx.TransportError):
            client.architectures()
