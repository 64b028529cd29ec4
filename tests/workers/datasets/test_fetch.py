"""Fetching: sources in order, the right content or nothing, whatever happens on the way."""

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.migrated import migrate
from tests.workers.datasets.uploads import class_folders, prepare, zipped
from workers.datasets.errors import SourceError
from workers.datasets.fetch import DatasetUnavailableError, fetch, fetch_file
from workers.datasets.known import KnownDataset, Source, datasets
from workers.datasets.known.cifar10 import CLASS_FOLDERS
from workers.datasets.sources.download import verify
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.loading import load
from workers.datasets.stored.registration import find_description
from workers.datasets.stored.store import DatasetStore
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction

# Later Pythons warn of forks beside threads; these children do nothing with torch's.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

Bring = Callable[[Path], Path]
Register = Callable[..., None]
FILES = class_folders()


class Installation:
    """A database and a data folder, as a process of its own opens them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        migrate(self.url)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'bakeoff.db'}"

    @property
    def database(self) -> Engine:
        return open_database(self.url)

    @property
    def store(self) -> DatasetStore:
        return DatasetStore(ArtifactStore(f"{self.folder}/artifacts"), self.folder / "datasets")

    def fetch(self, said: Callable[[str], object] = str) -> DatasetDescription:
        return fetch(self.database, self.store, "spots", lambda text: said(text) and None)

    def present(self) -> DatasetDescription | None:
        with transaction(self.database, read_only=True) as session:
            return find_description(session, "spots")

    def files(self) -> list[str]:
        """What lies in the datasets folder, without locks."""
        folder = self.store.folder
        return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")

    def artifacts(self) -> list[str]:
        return ArtifactStore(f"{self.folder}/artifacts").names("datasets")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def refuse(folder: Path) -> Path:
    (folder / "half").write_bytes(b"half of it")
    raise SourceError("it is closed today")


def bring_no_archive(folder: Path) -> Path:
    (folder / "spots.zip").write_bytes(b"<html>")
    return folder / "spots.zip"


def bring(folder: Path) -> Path:
    assert list(folder.iterdir()) == []
    (folder / "spots.zip").write_bytes(zipped(FILES))
    return folder / "spots.zip"


def bring_another(folder: Path) -> Path:
    assert list(folder.iterdir()) == []
    (folder / "spots.zip").write_bytes(zipped(class_folders({"cat": 6, "dog": 6})))
    return folder / "spots.zip"


def die(folder: Path) -> Path:
    (folder / "half").write_bytes(b"half of it")
    os._exit(9)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    def add(*sources: Bring, **known: object) -> None:
        named = tuple(Source(f"place {n}", source) for n, source in enumerate(sources, start=1))
        list(datasets)
        monkeypatch.setitem(datasets._entries, "spots", lambda: KnownDataset(named, **known))  # type: ignore[arg-type]

    return add


def sha256() -> str:
    return prepare(zipped(FILES)).description.sha256


def test_sources_are_tried_in_order_until_one_brings_the_right_content(
    installation: Installation, register: Register
) -> None:
    register(refuse, bring_no_archive, bring_another, bring, refuse, sha256=sha256())
    said: list[str] = []

    description = installation.fetch(said.append)

    assert said == [f"fetching spots from place {n}" for n in (1, 2, 3, 4)]
    assert description.source == "place 4"
    assert installation.present() == description
    file = f"{description.sha256}-{description.split}.safetensors"
    assert installation.files() == installation.artifacts() == [file]


def test_where_no_source_answers_each_is_named_with_what_to_do(
    installation: Installation, register: Register
) -> None:
    register(refuse, bring_another, bring_no_archive, sha256=sha256())

    with pytest.raises(DatasetUnavailableError) as refused:
        installation.fetch()

    sentence = str(refused.value)
    assert "place 1 (it is closed today)" in sentence
    assert "place 2 (it holds other images than it should)" in sentence
    assert "place 3 (the file is no archive)" in sentence
    assert "PUT /v1/datasets/spots" in sentence
    assert installation.files() == installation.artifacts() == []
    assert installation.present() is None


def test_a_dataset_without_sources_is_to_be_uploaded(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailableError, match="PUT /v1/datasets/nowhere"):
        fetch_file(tmp_path, "nowhere", tmp_path / "prepared", report=str)


def test_what_is_here_is_not_fetched_again(installation: Installation, register: Register) -> None:
    register(bring)
    first = installation.fetch()
    register(refuse)

    assert installation.fetch() == first


def test_classes_that_the_source_numbers_get_the_names_that_are_known(
    installation: Installation, register: Register
) -> None:
    def bring_numbers(folder: Path) -> Path:
        (folder / "spots.zip").write_bytes(zipped(class_folders({"0": 5, "1": 5, "2": 5})))
        return folder / "spots.zip"

    register(bring_numbers, classes=("small", "large", "none"))

    assert installation.fetch().classes == ("small", "large", "none")


def test_a_source_with_a_label_beyond_the_known_classes_is_passed_over(
    installation: Installation, register: Register
) -> None:
    register(bring, classes=("small", "large"))

    with pytest.raises(
        DatasetUnavailableError, match="it has a label 'cat', and there are 2 class"
    ):
        installation.fetch()


def test_a_process_that_dies_while_it_fetches_leaves_nothing_half_made(
    installation: Installation, register: Register
) -> None:
    register(die)
    child = multiprocessing.get_context("fork").Process(target=installation.fetch)
    child.start()
    child.join()
    assert child.exitcode == 9
    assert installation.present() is None

    register(bring)
    description = installation.fetch()

    assert installation.files() == [f"{description.sha256}-{description.split}.safetensors"]


def test_two_processes_that_want_it_fetch_it_once(
    installation: Installation, register: Register, tmp_path: Path
) -> None:
    fetched = tmp_path / "fetched"
    fetched.mkdir()

    def bring_slowly(folder: Path) -> Path:
        (fetched / f"{os.getpid()}").touch()
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            pass
        return bring(folder)

    register(bring_slowly)
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=installation.fetch) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0, 0, 0]
    assert len(list(fetched.iterdir())) == 1


def test_a_dataset_survives_the_way_through_its_file(
    installation: Installation, register: Register
) -> None:
    register(bring)
    description = installation.fetch()

    dataset = load(installation.store.path(description.identity, "spots"), "spots")

    assert (dataset.sha256, dataset.split) == description.identity
    assert dataset.classes == ("cat", "dog")
    assert len(dataset.train) == description.sizes["train"]


def test_a_file_that_is_damaged_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(b"abc")

    verify(path, "900150983cd24fb0d6963f7d28e17f72")
    with pytest.raises(SourceError, match="damaged or another file"):
        verify(path, "900150983cd24fb0d6963f7d28e17f73")


def test_a_zip_that_a_person_has_put_into_the_datasets_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / CLASS_FOLDERS).write_bytes(zipped(FILES))

    description = fetch_file(tmp_path, "cifar10", tmp_path / "prepared", report=str)

    assert description.source == "cifar10.zip in the datasets folder"
    assert (tmp_path / CLASS_FOLDERS).exists()
