"""Where the bytes of a file lie, and how many of them are read into memory."""

from pathlib import Path

import pytest

from workers.datasets.errors import ArchiveError
from workers.datasets.listings import places
from workers.datasets.listings.places import FilePlace, file_on_disk


def test_a_stretch_of_a_file_is_read_and_one_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")

    assert FilePlace(str(path), 3, 4).read() == b"3456"
    with pytest.raises(ArchiveError, match="cut off"):
        FilePlace(str(path), 8, 4).read()


@pytest.mark.parametrize("inflated", [None, 11])
def test_a_file_that_declares_too_much_is_refused_before_anything_is_allocated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inflated: int | None
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    monkeypatch.setattr(places, "MAX_FILE_BYTES", 9 if inflated is None else 10)

    with pytest.raises(ArchiveError, match="bytes accepted of a file"):
        FilePlace(str(path), 0, 10, inflated=inflated).read()
    monkeypatch.setattr(places, "MAX_FILE_BYTES", 10)
    assert file_on_disk(path).read() == b"0123456789"
