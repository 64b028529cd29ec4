"""The entries of a folder are its files without a leading underscore."""

import sys
from pathlib import Path

import pytest

from workers.entries import entry_names, import_entries


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "shapes"
    package.mkdir()
    for name in ("__init__", "square", "circle", "_points"):
        (package / f"{name}.py").write_text(f"NAME = {name!r}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return package


def test_entries_are_named_in_order_without_being_imported(folder: Path) -> None:
    assert entry_names([str(folder)]) == ("circle", "square")
    assert not any(name.startswith("shapes") for name in sys.modules)


def test_entries_are_imported_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("shapes", "shapes.circle", "shapes.square"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    found = import_entries("shapes", [str(folder)])

    assert {name: entry.NAME for name, entry in found.items()} == {
        "circle": "circle",
        "square": "square",
    }
    for name in ("shapes", "shapes.circle", "shapes.square"):
        del sys.modules[name]
