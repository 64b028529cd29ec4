"""A data folder of version 0.1, whose datasets were files by name, and no rows for them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from sqlalchemy import Engine

from tests.migrated import migrate
from workers.datasets.stored.adoption import adopt
from workers.datasets.stored.loading import load
from workers.datasets.stored.registration import find_description
from workers.datasets.stored.store import DatasetStore
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import JobStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHA256 = "5" * 64
IMAGES = torch.arange(40, dtype=torch.uint8).reshape(40, 1, 1, 1).expand(40, 3, 2, 2).contiguous()


def write_as_version_0_1(folder: Path, name: str, note: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        "train_images": IMAGES,
        "train_labels": torch.arange(40) % 2,
        "test_images": IMAGES[:10].clone(),
        "test_labels": torch.arange(10) % 2,
    }
    classes = json.dumps(["left", "right"])
    metadata = {"classes": classes, "sha256": SHA256, "source": "upload", "note": note}
    save_file(tensors, folder / f"{name}.safetensors", metadata)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'bakeoff.db'}"
    migrate(url)
    yield open_database(url)
    open_database(url).dispose()


@pytest.fixture
def store(tmp_path: Path) -> DatasetStore:
    return DatasetStore(ArtifactStore(str(tmp_path / "artifacts")), tmp_path / "datasets")


def test_a_dataset_keeps_its_name_content_and_split(database: Engine, store: DatasetStore) -> None:
    write_as_version_0_1(store.folder, "spots", note="2 of 50 images resized to 2×2")

    adopt(database, store)

    with transaction(database, read_only=True) as session:
        description = find_description(session, "spots")
    assert description is not None
    assert description.identity == (SHA256, "random-validation10")
    assert description.sizes == {"train": 36, "validation": 4, "test": 10}
    assert description.image_shape == (3, 2, 2)
    assert description.notes == ["2 of 50 images resized to 2×2"]
    dataset = load(store.path(description.identity, "spots"), "spots")
    order = torch.randperm(40, generator=torch.Generator().manual_seed(20_220_401))
    assert torch.equal(dataset.validation.images, IMAGES[order[:4]])
    assert torch.equal(dataset.train.images, IMAGES[order[4:]])
    assert torch.equal(dataset.test.images, IMAGES[:10])
    assert store.has(description.identity)


def test_adopting_again_changes_nothing(database: Engine, store: DatasetStore) -> None:
    write_as_version_0_1(store.folder, "spots")
    adopt(database, store)
    before = sorted(path.name for path in store.folder.iterdir())

    adopt(database, store)

    assert sorted(path.name for path in store.folder.iterdir()) == before
    assert before == [f"{SHA256}-random-validation10.safetensors"]


def test_two_names_of_the_same_content_are_both_adopted(
    database: Engine, store: DatasetStore
) -> None:
    for name in ("spots", "dots"):
        write_as_version_0_1(store.folder, name)

    adopt(database, store)

    with transaction(database, read_only=True) as session:
        described = [find_description(session, name) for name in ("spots", "dots")]
    assert [found.sha256 for found in described if found] == [SHA256, SHA256]


def test_trainings_that_may_go_on_are_bound_to_the_content(
    database: Engine, store: DatasetStore
) -> None:
    write_as_version_0_1(store.folder, "spots")
    ids = {}
    with transaction(database) as session:
        for status in JobStatus:
            for dataset in ("spots", "other"):
                request = JobRequest(TRAIN, dataset, "cnn", recipe={}, recipe_hash="0")
                job = jobs.enqueue(session, request, now=NOW)
                job.status = status
                ids[status, dataset] = job.id

    adopt(database, store)

    with transaction(database, read_only=True) as session:
        bound = {key: jobs.get(session, job_id).dataset_sha256 for key, job_id in ids.items()}
    assert {key for key, sha256 in bound.items() if sha256 == SHA256} == {
        (status, "spots") for status in JobStatus if status != JobStatus.SUCCEEDED
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        b"\x02" + b"\0" * 7 + b"{}",
        b"\x08" + b"\0" * 7 + b"not json",
        b"\x13" + b"\0" * 7 + b'{"train_images": 1}',
    ],
    ids=range(5),
)
def test_a_file_that_is_no_dataset_is_left_where_it_is(
    database: Engine, store: DatasetStore, content: bytes
) -> None:
    write_as_version_0_1(store.folder, "spots")
    (store.folder / "broken.safetensors").write_bytes(content)

    adopt(database, store)

    with transaction(database, read_only=True) as session:
        assert find_description(session, "spots") is not None
        assert find_description(session, "broken") is None
    assert (store.folder / "broken.safetensors").read_bytes() == content
