"""Fetching: sources in order, the right content or nothing, whatever happens on the way."""

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from workers.datasets import store
from workers.datasets.content import Content, ContentError, checked
from workers.datasets.errors import SourceError
from workers.datasets.fetch import DatasetUnavailableError, fetch
from workers.datasets.known import KnownDataset, Source, datasets
from workers.datasets.sources.download import verify
from workers.datasets.store import DatasetAbsentError

# Later Pythons warn of forks beside threads; these children do nothing with torch's.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

Register = Callable[..., None]


def content(shade: int = 7) -> Content:
    labels = torch.arange(40) % 2
    images = torch.full((40, 1, 6, 6), shade, dtype=torch.uint8)
    return Content(("left", "right"), images, labels, images[:10].clone(), labels[:10].clone())


def refuse(folder: Path) -> Content:
    (folder / "half").write_bytes(b"half of it")
    raise SourceError("it is closed today")


def bring(folder: Path) -> Content:
    assert list(folder.iterdir()) == []
    return content()


def bring_another(folder: Path) -> Content:
    assert list(folder.iterdir()) == []
    return content(shade=8)


def die(folder: Path) -> Content:
    (folder / "half").write_bytes(b"half of it")
    os._exit(9)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    def add(*sources: Callable[[Path], Content], sha256: str | None = None) -> None:
        named = tuple(Source(f"place {n}", bring) for n, bring in enumerate(sources, start=1))
        list(datasets)
        monkeypatch.setitem(datasets._entries, "spots", lambda: KnownDataset(named, sha256))

    return add


def visible(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.suffix != ".lock"]


def test_sources_are_tried_in_order_until_one_brings_the_right_content(
    tmp_path: Path, register: Register
) -> None:
    register(refuse, bring_another, bring, refuse, sha256=content().sha256)
    said: list[str] = []

    description = fetch(tmp_path, "spots", said.append)

    assert said == [f"fetching spots from place {n}" for n in (1, 2, 3)]
    assert description.source == "place 3"
    assert visible(tmp_path) == ["spots.safetensors"]


def test_where_no_source_answers_each_is_named_with_what_to_do(
    tmp_path: Path, register: Register
) -> None:
    register(refuse, bring_another, sha256=content().sha256)

    with pytest.raises(DatasetUnavailableError) as refused:
        fetch(tmp_path, "spots", report=str)

    sentence = str(refused.value)
    assert "place 1 (it is closed today)" in sentence
    assert "place 2 (it holds other images than it should)" in sentence
    assert "PUT /v1/datasets/spots" in sentence
    assert visible(tmp_path) == []


def test_what_is_here_is_not_fetched_again(tmp_path: Path, register: Register) -> None:
    register(bring)
    first = fetch(tmp_path, "spots", report=str)
    register(refuse)

    assert fetch(tmp_path, "spots", report=str) == first


def test_a_process_that_dies_while_it_fetches_leaves_nothing_half_made(
    tmp_path: Path, register: Register
) -> None:
    register(die)
    child = multiprocessing.get_context("fork").Process(target=fetch, args=(tmp_path, "spots", str))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert store.describe(tmp_path, "spots") is None
    with pytest.raises(DatasetAbsentError):
        store.load(tmp_path, "spots")

    register(bring)
    fetch(tmp_path, "spots", report=str)

    assert visible(tmp_path) == ["spots.safetensors"]


def test_two_processes_that_want_it_fetch_it_once(tmp_path: Path, register: Register) -> None:
    fetched = tmp_path / "fetched"
    fetched.mkdir()

    def bring_slowly(folder: Path) -> Content:
        (fetched / f"{os.getpid()}").touch()
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            pass
        return bring(folder)

    register(bring_slowly)
    context = multiprocessing.get_context("fork")
    children = [
        context.Process(target=fetch, args=(tmp_path / "data", "spots", str)) for _ in range(3)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0, 0, 0]
    assert len(list(fetched.iterdir())) == 1


def test_a_file_that_is_damaged_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(b"abc")

    verify(path, "900150983cd24fb0d6963f7d28e17f72")
    with pytest.raises(SourceError, match="damaged or another file"):
        verify(path, "900150983cd24fb0d6963f7d28e17f73")


def test_a_dataset_survives_the_way_through_its_file(tmp_path: Path) -> None:
    before = content()

    description = store.save(tmp_path, "spots", before, source="here")
    after = store.load(tmp_path, "spots")

    assert description.sha256 == before.sha256
    assert description.num_train == len(after.train) == 36
    assert description.num_validation == len(after.validation) == 4
    assert after.classes == ("left", "right")
    assert torch.equal(after.test.images, before.test_images)


def test_the_validation_split_is_fixed_and_apart_from_train(tmp_path: Path) -> None:
    whole = Content(
        ("a", "b"),
        torch.arange(200, dtype=torch.uint8).reshape(200, 1, 1, 1),
        torch.arange(200) % 2,
        torch.zeros(2, 1, 1, 1, dtype=torch.uint8),
        torch.arange(2),
    )
    store.save(tmp_path, "numbers", whole, source="here")

    first, again = (store.load(tmp_path, "numbers") for _ in range(2))

    assert torch.equal(first.validation.images, again.validation.images)
    seen = first.train.images.flatten().tolist() + first.validation.images.flatten().tolist()
    assert sorted(seen) == list(range(200))
    assert len(first.validation) == 20


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"classes": ("one",)}, "at least 2 classes"),
        ({"train_labels": torch.zeros(40, dtype=torch.int64)}, "none of: right"),
        ({"test_labels": torch.full((10,), 2)}, "between 0 and 1"),
        ({"test_labels": torch.full((10,), -1)}, "between 0 and 1"),
        ({"test_labels": torch.zeros(0, dtype=torch.int64)}, "the test split has no images"),
        ({"train_labels": torch.arange(2)}, "at least 4 images"),
    ],
)
def test_content_that_nothing_could_be_learnt_from_is_refused(
    changed: dict[str, object], said: str
) -> None:
    with pytest.raises(ContentError, match=said):
        checked(Content(**{**vars(content()), **changed}))
