"""`bakeoff datasets` against a real service."""

import io
import threading

import numpy as np
import pytest
from rich.console import Console

from bakeoff import Client
from bakeoff.terminal import uploads


def test_datasets_are_listed_with_their_sizes(bakeoff):
    [line] = [line for line in bakeoff("datasets").splitlines() if "digits" in line]

    for said in ("ready", "1×8×8", "10", "1,350", "150", "297"):
        assert said in line


def test_a_dataset_is_uploaded_and_deleted(bakeoff, npz, tmp_path):
    archive = tmp_path / "mine.npz"
    archive.write_bytes(npz(2))

    said = bakeoff("datasets", "upload", "ours", str(archive))
    assert "2 classes, 36 train, 4 validation, 8 test, 1×8×8" in said
    assert "━" not in said  # no bar where nobody looks at a terminal
    assert "deleted" in bakeoff("datasets", "delete", "ours")


def test_ctrl_c_cancels_the_job_that_prepares_an_upload(service, empty_address, npz, tmp_path):
    archive = tmp_path / "mine.npz"
    archive.write_bytes(npz(2))
    console = Console(file=io.StringIO(), force_terminal=True, width=80)

    class Interrupted(Client):
        def ready(self):
            return {"workers": [{}]}

        def follow_job(self, *_, **__):
            raise KeyboardInterrupt

    with Interrupted(empty_address) as client, pytest.raises(KeyboardInterrupt):
        uploads.upload(console, client, "mine", archive)

    [job] = service.http.get("/v1/jobs").json()["items"]
    said = console.file.getvalue()
    assert job["status"] == "cancelled"
    assert f"job {job['id']} is cancelled, and nothing has changed" in said
    assert "sending" in said
    assert "waiting for the worker" in said


def test_a_dataset_is_checked_and_warnings_come_first(
    bakeoff, service, empty_address, npz, monkeypatch
):
    monkeypatch.setenv("BAKEOFF_URL", empty_address)
    service.http.put("/v1/datasets/mine", content=npz(2, x_test=np.zeros((8, 8, 8), np.uint8)))
    service.work()  # of its own accord, when it is uploaded
    asked = threading.Event()
    ask = Client.check_dataset

    def check_dataset(client, name):
        job = ask(client, name)
        asked.set()
        return job

    monkeypatch.setattr(Client, "check_dataset", check_dataset)
    working = threading.Thread(target=lambda: asked.wait() and service.work())
    working.start()
    said = bakeoff("datasets", "check", "mine").splitlines()
    working.join()

    levels = [line.split()[0] for line in said if not line.startswith("job")]
    assert levels == sorted(levels, key=["warning", "notice", "skipped", "ok"].index)
    assert any("Constant images: 8 images are of a single colour" in line for line in said)
