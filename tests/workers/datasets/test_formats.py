"""What can be uploaded is a file of workers/datasets/formats, and nothing else."""

import inspect
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from workers.datasets import formats
from workers.datasets.errors import ArchiveError

TEXTS = '''
"""A text of one line, which holds the colours of all images."""

import torch

from workers.datasets.content import Content

ACCEPTED = "a zip with a colours.txt"


def matches(archive):
    return "colours.txt" in archive.names


def read(archive):
    colours = [int(number) for number in archive.read("colours.txt").split()]
    images = torch.tensor(colours, dtype=torch.uint8).reshape(-1, 1, 1, 1)
    labels = torch.arange(len(colours)) % 2
    return Content(("even", "odd"), images, labels, images, labels)
'''


def zipped(**files: bytes) -> io.BytesIO:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return written


@pytest.fixture
def new_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "colours.py").write_text(TEXTS)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    formats.formats.cache_clear()
    yield
    formats.formats.cache_clear()
    del sys.modules["workers.datasets.formats.colours"]


@pytest.mark.parametrize("name", formats.formats())
def test_every_format_says_what_it_accepts(name: str) -> None:
    form = formats.formats()[name]

    assert inspect.getdoc(form)
    assert inspect.getdoc(form.read)
    assert form.ACCEPTED in formats.accepted()
    assert list(inspect.signature(form.matches).parameters) == ["archive"]
    assert list(inspect.signature(form.read).parameters) == ["archive"]


@pytest.mark.usefixtures("new_format")
def test_a_new_file_is_a_new_format_and_is_named_where_another_is_refused() -> None:
    content = formats.read_archive(zipped(colours_txt=b"0 10 20 30 40"))

    assert content.train_images.flatten().tolist() == [0, 10, 20, 30, 40]
    for refused in (io.BytesIO(b"no zip"), zipped(readme_md=b"hello")):
        with pytest.raises(ArchiveError, match=r"colours\.txt"):
            formats.read_archive(refused)


@pytest.mark.usefixtures("new_format")
def test_an_archive_in_two_formats_at_once_is_refused() -> None:
    files = zipped(colours_txt=b"0 10 20 30 40", **{"train/cat/1_png": b""})

    with pytest.raises(ArchiveError, match="more than one of the accepted formats"):
        formats.read_archive(files)


def test_an_archive_in_no_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(ArchiveError) as refused:
        formats.read_archive(zipped(readme_md=b"hello"))

    assert formats.accepted() in str(refused.value)


def test_keras_writes_archives_that_are_read() -> None:
    written = io.BytesIO()
    labels = np.arange(40).reshape(-1, 1) % 4
    images = np.zeros((40, 8, 8, 3), np.uint8)
    np.savez(written, x_train=images, y_train=labels, x_test=images[:8], y_test=labels[:8])

    content = formats.read_archive(written)

    assert content.train_images.shape == (40, 3, 8, 8)
    assert content.classes == ("0", "1", "2", "3")


@pytest.mark.parametrize("name", ["", ".", "./"])
def test_an_entry_without_a_name_is_refused(name: str) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("train/cat/1.png", b"")
        archive.writestr(zipfile.ZipInfo(name), b"")

    with pytest.raises(ArchiveError, match="without a name"):
        formats.read_archive(written)
