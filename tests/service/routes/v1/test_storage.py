"""What is stored is shown in bytes, and counted at most once a minute."""

from typing import Any

from service.results import storage_use
from tests.service.conftest import Service
from workers.storage.artifacts import ArtifactStore


def test_it_says_what_each_kind_takes(trained: Service) -> None:
    data = trained.settings.data
    stored = trained.http.get("/v1/storage").json()

    for name in ("models", "predictions", "datasets"):
        files = [path for path in (data / "artifacts" / name).rglob("*") if path.is_file()]
        assert stored["artifacts"][name] == sum(path.stat().st_size for path in files) > 0
    assert stored["dataset_copies"] == 0  # they are links to artifacts
    assert stored["database"] >= (data / "bakeoff.db").stat().st_size
    assert stored["free"] > 0
    assert (stored["retention_days"], stored["retention_bytes"]) == (0, 0)


def test_an_empty_installation_takes_a_database(service: Service) -> None:
    stored = service.http.get("/v1/storage").json()

    assert (stored["artifacts"], stored["charts"]) == ({}, 0)
    assert stored["database"] > 0


def test_files_are_counted_once_a_minute_however_often_it_is_asked_for(
    service: Service, monkeypatch: Any
) -> None:
    counted: list[str] = []

    def sizes(_: ArtifactStore, path: str) -> dict[str, int]:
        counted.append(path)
        return {}

    monkeypatch.setattr(ArtifactStore, "sizes", sizes)
    for _ in range(3):
        service.http.get("/v1/storage")
    assert len(counted) == 1

    monkeypatch.setattr(storage_use, "FRESH", storage_use.FRESH * 0)
    service.http.get("/v1/storage")
    assert len(counted) == 2
