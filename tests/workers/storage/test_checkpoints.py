"""Checkpoints: the last two are kept, and a damaged one costs one epoch."""

from pathlib import Path

import pytest
import torch

from workers.storage.artifacts import ArtifactStore
from workers.storage.checkpoints import Checkpoints
from workers.training.checkpoint import Checkpoint


def checkpoint(epoch: int) -> Checkpoint:
    return Checkpoint(epoch, 1, 0.0, 0.0, {"weight": torch.full((3,), float(epoch))}, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints" / "job"


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    return Checkpoints(ArtifactStore(str(tmp_path)), "job", Checkpoint.from_bytes)


def keep(checkpoints: Checkpoints, epochs: int, token: int = 1) -> str:
    """Keep some epochs as a training does; the path of the last."""
    path = ""
    for epoch in range(1, epochs + 1):
        path = checkpoints.put(checkpoint(epoch).to_bytes(), token=token, epoch=epoch)
        checkpoints.tidy(epoch)
    return path


def test_the_last_two_are_kept_and_the_last_is_found(
    checkpoints: Checkpoints, folder: Path
) -> None:
    path = keep(checkpoints, 4)

    assert sorted(path.name.split("-")[1] for path in folder.iterdir()) == ["3", "4"]
    found = checkpoints.newest(path)
    assert found.damage is None
    assert found.checkpoint
    assert found.checkpoint.epoch == 4


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_a_damaged_one_falls_back_by_one_and_says_why(
    checkpoints: Checkpoints, folder: Path, damage: str
) -> None:
    path = folder / keep(checkpoints, 3).rpartition("/")[2]
    content = path.read_bytes()
    match damage:
        case "truncated":
            path.write_bytes(content[:-5])
        case "flipped":
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case _:
            path.unlink()

    found = checkpoints.newest(f"checkpoints/job/{path.name}")

    assert found.checkpoint
    assert found.checkpoint.epoch == 2
    assert str(found.damage).endswith("is missing" if damage == "missing" else "is damaged")


def test_where_both_are_damaged_it_starts_again(checkpoints: Checkpoints, folder: Path) -> None:
    path = keep(checkpoints, 2)
    for file in folder.iterdir():
        file.write_bytes(b"")

    found = checkpoints.newest(path)

    assert found.checkpoint is None
    assert found.damage


def test_a_worker_that_comes_back_late_removes_nothing_of_its_successor(
    checkpoints: Checkpoints, folder: Path
) -> None:
    keep(checkpoints, 2, token=1)
    keep(checkpoints, 4, token=2)

    checkpoints.tidy(2)  # the first one goes on where it stood

    assert sorted(path.name.split("-")[1] for path in folder.iterdir()) == ["3", "4"]


def test_equal_checkpoints_are_equal_bytes() -> None:
    assert len({checkpoint(1).to_bytes() for _ in range(20)}) == 1
