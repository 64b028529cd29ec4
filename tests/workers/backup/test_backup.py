"""A backup holds one moment, is refused where it is not whole, and comes back as it was."""

import io
import json
import multiprocessing
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.migrated import migrate
from tests.waiting import until
from tests.workers.backup.busy import enqueue, keep_busy, other_bits, settings_of, work_off
from tests.workers.backup.whole import problems
from workers.backup import snapshot as snapshots
from workers.backup.creating import back_up
from workers.backup.errors import BackupError
from workers.backup.restoring import MOVING, restore
from workers.queue import claims, leases
from workers.queue.leases import Lease
from workers.schema.migrate import SchemaError
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.checkpoints import Checkpoints
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.tables import Job, JobStatus


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A data folder with a trained model, a job that waits, a log and weights that somebody put there.

    Tests leave it as it is.
    """
    settings = settings_of(tmp_path_factory.mktemp("source") / "data")
    migrate(settings.resolved_database_url)
    enqueue(settings, 1)
    work_off(settings)
    enqueue(settings, 2)
    for path in ("weights/by_hand.safetensors", "logs/jobs/abc.log", "charts/drawn.png"):
        (settings.data / path).parent.mkdir(parents=True, exist_ok=True)
        (settings.data / path).write_text(path)
    yield settings
    open_database(settings.resolved_database_url).dispose()


@pytest.fixture(scope="module")
def made(source: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    file = tmp_path_factory.mktemp("made") / "made.tar"
    back_up(source, file)
    return file


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Settings]:
    settings = settings_of(tmp_path / "restored")
    yield settings
    open_database(settings.resolved_database_url).dispose()


def with_members(backup: Path, copy: Path, change: Any) -> Path:
    """A copy of a backup whose members `change(name, content)` returns, or leaves out with None."""
    with tarfile.open(backup) as before, tarfile.open(copy, "w") as after:
        for member in before:
            content = before.extractfile(member).read()  # type: ignore[union-attr]
            if (changed := change(member.name, content)) is not None:
                member.size = len(changed)
                after.addfile(member, io.BytesIO(changed))
    return copy


@pytest.mark.parametrize("name", ["made.tar", "made.tar.gz"])
def test_a_backup_comes_back_as_it_was_without_what_is_made_again(
    source: Settings, empty: Settings, tmp_path: Path, name: str
) -> None:
    back_up(source, tmp_path / name)
    restore(empty, tmp_path / name)

    assert problems(empty.data) == []
    for path in ("weights/by_hand.safetensors", "logs/jobs/abc.log"):
        assert (empty.data / path).read_text() == path
    assert sorted(path.name for path in empty.data.iterdir() if path.name[0] != ".") == [
        *("artifacts", "bakeoff.db", "logs", "weights")
    ]
    for artifact in (source.data / "artifacts").rglob("*.*"):
        copy = empty.data / artifact.relative_to(source.data)
        assert copy.read_bytes() == artifact.read_bytes()
        assert copy.stat().st_mtime == pytest.approx(artifact.stat().st_mtime, abs=1e-3)
    work_off(empty)
    assert other_bits(empty) == []


def test_only_its_owner_may_read_a_backup(made: Path) -> None:
    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_backups_of_an_installation_that_trains_and_deletes_are_whole_and_go_on(
    tmp_path: Path,
) -> None:
    folder, number = tmp_path, 40
    context = multiprocessing.get_context("spawn")
    busy = context.Process(target=keep_busy, args=(folder / "busy",), daemon=True)
    busy.start()
    try:
        until(lambda: list((folder / "busy").glob("artifacts/models/*/*")))
        for index in range(number):
            back_up(settings_of(folder / "busy"), folder / f"{index}.tar")
    finally:
        busy.kill()
        busy.join()
    for index in range(number):
        settings = settings_of(folder / f"restored-{index}")
        restore(settings, folder / f"{index}.tar")
        assert problems(settings.data) == []
        work_off(settings)
        assert other_bits(settings) == []
        open_database(settings.resolved_database_url).dispose()


class Training:
    """A job whose epochs are recorded when the test says so."""

    def __init__(self, settings: Settings) -> None:
        self.database = open_database(settings.resolved_database_url)
        enqueue(settings, 3)
        with transaction(self.database) as session:
            long = timedelta(hours=1)
            job = claims.claim(session, worker="gone", now=utc_now(), duration=long)
            assert job
        self.lease, self.epoch = Lease(job.id, job.token), 0
        artifacts = ArtifactStore(settings.resolved_artifacts_url)
        self.checkpoints = Checkpoints(artifacts, job.id, bytes)

    def advance(self, epochs: int) -> None:
        for _ in range(epochs):
            self.epoch += 1
            content = str(self.epoch).encode()
            path = self.checkpoints.put(content, token=self.lease.token, epoch=self.epoch)
            with transaction(self.database) as session:
                leases.record_epoch(
                    session,
                    self.lease,
                    epoch=self.epoch,
                    values={},
                    checkpoint=path,
                    now=utc_now(),
                )
            self.checkpoints.tidy(self.epoch)


def test_a_checkpoint_is_in_the_backup_that_was_written_and_removed_while_it_was_made(
    empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = settings_of(tmp_path / "training")
    migrate(source.resolved_database_url)
    training = Training(source)
    training.advance(3)
    passes: list[threading.Thread] = []
    link_all = snapshots._link_all

    def train_beside(data: Path, folder: Path) -> None:
        beside = threading.Thread(target=training.advance, args=(4,))
        if not passes:
            link_all(data, folder)
        beside.start()
        beside.join(0.5)  # all of it, where no lock holds it up
        if passes:
            link_all(data, folder)
        passes.append(beside)

    monkeypatch.setattr(snapshots, "_link_all", train_beside)
    back_up(source, tmp_path / "made.tar")
    for beside in passes:
        beside.join()
    restore(empty, tmp_path / "made.tar")

    assert training.epoch == 11
    assert problems(empty.data) == []
    with transaction(open_database(empty.resolved_database_url)) as session:
        restored = session.get_one(Job, training.lease.job_id)
        assert (restored.status, restored.epoch) == (JobStatus.QUEUED, 7)
        assert restored.attempts == 0, "nobody has died"
    open_database(source.resolved_database_url).dispose()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_wherever_backup_and_restore_are_killed_there_is_all_or_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.workers.backup.killed", str(tmp_path), "1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout)
    assert found["wrong"] == []
    assert min(found["backups"], found["restores"]) > 100


def test_what_a_killed_restore_had_moved_is_cleared_away_by_the_next(
    made: Path, empty: Settings
) -> None:
    (empty.data / "artifacts").mkdir(parents=True)
    (empty.data / "artifacts" / "half").touch()
    (empty.data / MOVING).touch()
    restore(empty, made)

    assert problems(empty.data) == []
    assert not (empty.data / "artifacts" / "half").exists()


def test_a_folder_that_is_in_use_is_left_alone(source: Settings, made: Path) -> None:
    before = (source.data / "bakeoff.db").read_bytes()
    with pytest.raises(BackupError, match="is not empty"):
        restore(source, made)
    assert (source.data / "bakeoff.db").read_bytes() == before


DAMAGES = {
    "is not what was backed up": lambda name, content: (
        content[:-1] + b"!" if "weights.safetensors" in name else content
    ),
    "is missing": lambda name, content: None if name.endswith("abc.log") else content,
    "which its manifest does not": lambda name, content: (
        content.replace(b"logs/jobs/abc.log", b"logs/jobs/xyz.log")
        if name == "manifest.json"
        else content
    ),
    "is no file of a data folder": lambda name, content: (
        content.replace(b"logs/jobs/abc.log", b"../../../etc.log")
        if name == "manifest.json"
        else content
    ),
    "not at the revision it states": lambda name, content: (
        content.replace(b'"revision": "00', b'"revision": "0001", "was": "00')
        if name == "manifest.json"
        else content
    ),
    "does not begin with manifest.json": lambda name, content: (
        None if name == "manifest.json" else content
    ),
}


@pytest.mark.parametrize("sentence", DAMAGES)
def test_a_backup_that_is_not_whole_is_refused_and_leaves_the_folder_empty(
    made: Path, empty: Settings, tmp_path: Path, sentence: str
) -> None:
    with pytest.raises(BackupError, match=sentence):
        restore(empty, with_members(made, tmp_path / "changed.tar", DAMAGES[sentence]))
    assert [path.name for path in empty.data.glob("[!.]*")] == []


@pytest.mark.parametrize("name", ["made.tar", "made.tar.gz"])
def test_a_backup_that_is_cut_short_is_refused(
    source: Settings, empty: Settings, tmp_path: Path, name: str
) -> None:
    back_up(source, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    for part in (0.02, 0.5, 0.9):
        (tmp_path / name).write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(BackupError, match="damaged"):
            restore(empty, tmp_path / name)


def test_a_backup_of_a_newer_version_is_refused_with_a_sentence(
    made: Path, empty: Settings, tmp_path: Path
) -> None:
    def newer(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps({**json.loads(content), "revision": "9999"}).encode()

    with pytest.raises(SchemaError, match="the backup is at revision 9999"):
        restore(empty, with_members(made, tmp_path / "changed.tar", newer))


@pytest.mark.parametrize(
    ("setting", "tool"), [("database_url", "pg_dump"), ("artifacts_url", "the bucket")]
)
def test_what_lies_elsewhere_is_left_to_its_own_tools(
    tmp_path: Path, setting: str, tool: str
) -> None:
    settings = Settings(data=tmp_path, **{setting: "memory://elsewhere"})
    for command in (back_up, restore):
        with pytest.raises(BackupError, match=tool):
            command(settings, tmp_path / "made.tar")


def test_no_file_is_replaced_and_no_backup_lies_in_what_it_is_of(
    source: Settings, tmp_path: Path
) -> None:
    (tmp_path / "there.tar").touch()
    for place in (tmp_path / "there.tar", source.data / "in.tar", tmp_path / "no" / "folder.tar"):
        with pytest.raises(BackupError):
            back_up(source, place)
