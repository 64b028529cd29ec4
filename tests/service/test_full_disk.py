"""A disk that is really full: whoever asks is told which folder, and when there is room all goes on."""

import shutil
import tempfile

import httpx
import pytest

from tests.service.conftest import Service, served, started
from tests.tiny_disk import empty, fill, tiny_disk
from workers.settings import Settings

JOB = {"dataset": "digits", "architecture": "cnn", "recipe": {"epochs": 1}}


@pytest.fixture
def disk(tmp_path):
    with tiny_disk(tmp_path / "disk", mebibytes=8) as disk:
        yield disk


@pytest.fixture
def on_disk(disk):
    """An installation whose data folder is on that disk, and its address."""
    for service in started(disk / "data"):
        with served(service.settings) as address:
            yield service, address


def told_of(answer: httpx.Response, service: Service, folder: object) -> None:
    sentence = service.refused(answer, 503)
    assert "the disk is full where" in sentence
    assert str(folder) in sentence
    assert int(answer.headers["Retry-After"]) > 0


def pieces(num_bytes):
    for _ in range(num_bytes // 65536):
        yield bytes(65536)


@pytest.mark.parametrize("what", ["datasets", "weights"])
def test_an_upload_for_which_there_is_no_room_leaves_nothing_half_made(on_disk, disk, what):
    service, address = on_disk
    url = f"{address}/v1/{what}/mine"
    before = shutil.disk_usage(disk).used

    told_of(httpx.put(url, content=bytes(16 * 1024**2)), service, disk)
    told_of(httpx.put(url, content=pieces(16 * 1024**2)), service, disk)
    assert shutil.disk_usage(disk).used <= before + 65536  # the database's log may have grown
    assert httpx.get(f"{address}/v1/{what}/mine").status_code == 404


def test_an_upload_succeeds_once_there_is_room(on_disk, disk, npz):
    service, address = on_disk
    fill(disk)
    told_of(httpx.put(f"{address}/v1/datasets/mine", content=npz()), service, disk)
    empty(disk)

    # 256 MiB of a disk are not used for datasets, and this one has less: that is told too.
    answer = httpx.put(f"{address}/v1/datasets/mine", content=npz())
    assert "are free where" in service.refused(answer, 503)
    assert httpx.get(f"{address}/v1/datasets/mine").status_code == 404


def test_a_job_is_refused_while_the_database_has_no_room_and_accepted_afterwards(on_disk, disk):
    service, address = on_disk
    fill(disk)
    answers = [httpx.post(f"{address}/v1/jobs", json=JOB) for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code != 202]
    assert refused
    for answer in refused:
        told_of(answer, service, disk)
    empty(disk)

    listed = httpx.get(f"{address}/v1/jobs", params={"limit": 200}).json()["items"]
    assert len(listed) == len(answers) - len(refused)
    assert httpx.post(f"{address}/v1/jobs", json=JOB).status_code == 202


def test_what_is_only_read_is_answered_meanwhile_or_says_why_not(on_disk, disk):
    service, address = on_disk
    fill(disk)

    for path in ("/health/live", "/docs", "/"):
        assert httpx.get(f"{address}{path}").status_code == 200
    for path in ("/v1/jobs", "/v1/datasets", "/v1/storage", "/health/ready"):
        answer = httpx.get(f"{address}{path}")
        if answer.status_code != 200:  # SQLite writes a little to read, where nobody has it open
            told_of(answer, service, disk)


def test_a_download_that_is_made_first_says_so(trained, disk, monkeypatch):
    fill(disk)
    monkeypatch.setattr(Settings, "downloads_folder", disk)

    told_of(trained.http.get("/v1/models/latest/bundle"), trained, disk)
    assert trained.http.get("/v1/models/latest/weights").status_code == 200


def test_a_form_with_more_than_fits_into_memory_says_which_disk_is_full(
    trained, disk, monkeypatch, png
):
    fill(disk)
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    large = png(64, 64) + bytes(4 * 1024**2)  # beyond a MiB a file of a form is kept on the disk

    told_of(
        trained.http.post("/v1/models/latest/predictions", files={"images": large}), trained, disk
    )
