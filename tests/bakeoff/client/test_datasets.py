"""Datasets and architectures by the client, against a real service."""

import pytest

from bakeoff import Client, RefusedError


def test_a_dataset_is_uploaded_and_deleted(client, npz, tmp_path):
    archive = tmp_path / "mine.npz"
    archive.write_bytes(npz(3))

    assert client.upload_dataset("mine", archive)["state"] == "ready"
    assert client.show_dataset("mine")["classes"] == ["0", "1", "2"]
    assert "mine" in [dataset["name"] for dataset in client.list_datasets()]
    client.delete_dataset("mine")
    with pytest.raises(RefusedError, match="mine"):
        client.show_dataset("mine")


def test_a_dataset_is_fetched_by_a_job(empty_address):
    with Client(empty_address) as client:
        job = client.fetch_dataset("digits")

        assert job["kind"] == "fetch"
        assert client.fetch_dataset("digits")["id"] == job["id"]


def test_an_architecture_is_counted_for_a_dataset(client):
    assert "cnn" in [architecture["name"] for architecture in client.list_architectures()]
    assert client.show_architecture("cnn")["size"] is None
    assert client.show_architecture("cnn", dataset="digits")["size"]["num_parameters"] > 0


def test_a_dataset_is_checked(service, empty_address, npz, tmp_path):
    archive = tmp_path / "mine.npz"
    archive.write_bytes(npz(2))
    with Client(empty_address) as client:
        client.upload_dataset("mine", archive)
        job = client.check_dataset("mine")
        service.work()

        checks = client.show_dataset_checks("mine")
        assert checks["job_id"] == job["id"]
        for finding in checks["findings"]:
            picture = client.draw_dataset_check("mine", finding["check"])
            assert picture.startswith(b"\x89PNG")
