"""The archives of earlier versions are small, and there is one for the schema before the newest."""

from pathlib import Path

import pytest

from tests.compatibility.conftest import ARCHIVES, version_of

MAX_BYTES = 300_000


@pytest.mark.parametrize("archive", ARCHIVES, ids=version_of)
def test_an_archive_is_small(archive: Path) -> None:
    assert archive.stat().st_size < MAX_BYTES


def test_the_readme_names_every_archive() -> None:
    page = (Path(__file__).parent / "README.md").read_text()
    assert [
        version_of(archive) for archive in ARCHIVES if f"`{version_of(archive)}`" not in page
    ] == []
