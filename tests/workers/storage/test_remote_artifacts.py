"""A store on other machines: it may not answer, and then nothing is half there.

It is imitated in memory. docs/deployment.md says how a real S3 server was tried.
"""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from workers.datasets.stored.store import DatasetGoneError, DatasetStore
from workers.storage.artifacts import ArtifactError, ArtifactStore, StoreUnavailableError
from workers.storage.ready_datasets import DatasetIdentity

IDENTITY = DatasetIdentity("0" * 64, "given")


class BrokenError(Exception):
    """An error of the store's package, of no common class."""


class Remote(MemoryFileSystem):
    protocol = "remote"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    is_broken = False

    def _check(self) -> None:
        if Remote.is_broken:
            raise BrokenError("connection lost")

    def info(self, path: str, **kwargs: Any) -> Any:
        self._check()
        return super().info(path, **kwargs)

    def exists(self, path: str, **kwargs: Any) -> bool:
        self._check()
        return super().exists(path, **kwargs)

    def ls(self, path: str, **kwargs: Any) -> Any:
        self._check()
        return super().ls(path, **kwargs)

    def _open(self, *arguments: Any, **kwargs: Any) -> Any:
        self._check()
        return super()._open(*arguments, **kwargs)

    def modified(self, path: str) -> Any:
        self._check()
        return super().modified(path)

    def put_file(self, *arguments: Any, **kwargs: Any) -> None:
        self._check()
        super().put_file(*arguments, **kwargs)

    def pipe_file(self, *arguments: Any, **kwargs: Any) -> None:
        self._check()
        super().pipe_file(*arguments, **kwargs)

    def get_file(self, rpath: str, lpath: str, **kwargs: Any) -> None:
        Path(lpath).write_bytes(b"half")
        self._check()
        super().get_file(rpath, lpath, **kwargs)


@pytest.fixture
def artifacts() -> Iterator[ArtifactStore]:
    fsspec.register_implementation("remote", Remote, clobber=True)
    Remote.store.clear()
    Remote.is_broken = False
    yield ArtifactStore("remote://bucket")
    Remote.is_broken = False


def test_an_error_of_any_class_says_that_the_store_does_not_answer(
    artifacts: ArtifactStore, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"content")
    Remote.is_broken = True

    for call in (
        lambda: artifacts.put("a", b"content"),
        lambda: artifacts.put_file("a", file),
        lambda: artifacts.get_file("a", tmp_path / "got"),
        lambda: artifacts.copy_to("a", io.BytesIO(), sha256="0"),
        lambda: artifacts.has("a"),
        lambda: artifacts.names("folder"),
        lambda: artifacts.written_at("a"),
    ):
        with pytest.raises(
            StoreUnavailableError, match="does not answer \\(BrokenError\\)"
        ) as raised:
            call()
        assert (raised.value.status, raised.value.retry_after) == (503, 10)
        assert isinstance(raised.value, OSError)  # jobs try again


def test_a_transfer_that_breaks_off_leaves_no_half_file(
    artifacts: ArtifactStore, tmp_path: Path
) -> None:
    artifacts.put("a", b"content")
    Remote.is_broken = True

    with pytest.raises(StoreUnavailableError):
        artifacts.get_file("a", tmp_path / "got")
    assert list(tmp_path.iterdir()) == []

    Remote.is_broken = False
    artifacts.get_file("a", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == b"content"


def test_what_is_missing_is_told_from_a_store_that_is_gone(
    artifacts: ArtifactStore, tmp_path: Path
) -> None:
    for call in (
        lambda: artifacts.get_file("a", tmp_path / "got"),
        lambda: artifacts.copy_to("a", io.BytesIO(), sha256="0"),
        lambda: artifacts.get("a", sha256="0"),
        lambda: artifacts.written_at("a"),
    ):
        with pytest.raises(ArtifactError, match="a is missing"):
            call()
    artifacts.delete("a")
    assert not artifacts.has("a")


def test_each_machine_keeps_a_copy_of_its_own(artifacts: ArtifactStore, tmp_path: Path) -> None:
    here, there = (DatasetStore(artifacts, tmp_path / name) for name in ("here", "there"))
    prepared = tmp_path / "prepared"
    prepared.write_bytes(b"content")
    here.keep(prepared, IDENTITY)

    assert there.path(IDENTITY, "mine").read_bytes() == b"content"
    Remote.is_broken = True
    assert there.path(IDENTITY, "mine").read_bytes() == b"content"
    Remote.is_broken = False
    here.remove(IDENTITY)
    assert there.has(IDENTITY)  # until it is cleared away there
    with pytest.raises(DatasetGoneError):
        here.path(IDENTITY, "mine")


def test_a_copy_is_the_whole_content_and_a_damaged_one_is_refused(artifacts: ArtifactStore) -> None:
    content = bytes(range(256)) * 10_000
    artifacts.put("a", content)
    copied = io.BytesIO()

    artifacts.copy_to("a", copied, sha256=hashlib.sha256(content).hexdigest())

    assert copied.getvalue() == content
    with pytest.raises(ArtifactError, match="a is damaged"):
        artifacts.copy_to("a", io.BytesIO(), sha256="0")
