"""The files of datasets on this machine."""

import os
from datetime import UTC, datetime
from pathlib import Path

from workers.datasets.stored.store import NAME, RECEIVING, UPLOADING, DatasetStore
from workers.storage.artifacts import ArtifactStore
from workers.storage.scratch import ABANDONED_SECONDS


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_stays(tmp_path: Path) -> None:
    long_ago = datetime.now(UTC).timestamp() - ABANDONED_SECONDS - 60
    for prefix in (UPLOADING, RECEIVING):
        for name in ("old", "new"):
            folder = tmp_path / f"{prefix}{name}-folder"
            folder.mkdir()
            (folder / "prepared").write_bytes(b"x")
            file = tmp_path / f"{prefix}{name}"
            file.write_bytes(b"x")
            if name == "old":
                os.utime(folder, (long_ago, long_ago))
                os.utime(file, (long_ago, long_ago))
    dataset = tmp_path / "digits.safetensors"
    dataset.write_bytes(b"x")
    os.utime(dataset, (long_ago, long_ago))

    DatasetStore(ArtifactStore(str(tmp_path / "artifacts")), tmp_path).remove_abandoned()

    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        "digits.safetensors",
        *(f"{prefix}new{end}" for prefix in (UPLOADING, RECEIVING) for end in ("", "-folder")),
    }


def test_no_dataset_can_have_a_name_that_scratch_files_begin_with() -> None:
    for prefix in (UPLOADING, RECEIVING):
        assert not NAME.match(prefix.removeprefix("."))
