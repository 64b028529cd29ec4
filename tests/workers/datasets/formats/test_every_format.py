"""What can be uploaded is a file of workers/datasets/formats, and nothing else."""

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.datasets.formats.test_cifar_archive import cifar10_binary
from tests.workers.datasets.formats.test_idx_files import idx_files
from tests.workers.datasets.formats.test_parquet import HUGGING_FACE
from tests.workers.datasets.uploads import class_folders, npz, png, prepare, refusal, zipped
from workers.datasets import formats
from workers.datasets.archives import open_archive
from workers.datasets.content import ContentError
from workers.datasets.errors import ArchiveError

COLOURS = '''
"""A text of one line, which holds the colours of all images."""

from workers.datasets.listings.listing import ListedImage, Listing
from workers.datasets.listings.places import ArrayFile, RowPlace

ACCEPTED = "a zip with a colours.txt"


def matches(archive):
    return "colours.txt" in archive.names


def read(archive, scratch):
    colours = bytes(int(number) for number in archive.read("colours.txt").split())
    (scratch / "colours").write_bytes(colours)
    array = ArrayFile(str(scratch / "colours"), "|u1", (len(colours), 1, 1))
    return Listing(
        [
            ListedImage(str(row), "bright" if colour > 99 else "dark", RowPlace(array, row))
            for row, colour in enumerate(colours)
        ]
    )
'''


def example_of_arrays() -> bytes:
    labels = np.arange(20) % 2
    return npz(x_train=np.zeros((20, 6, 6), np.uint8), y_train=labels)


def example_of_parquet() -> bytes:
    return zipped({path.name: path.read_bytes() for path in HUGGING_FACE.glob("*.parquet")})


#: Format → an upload of it.
EXAMPLES: dict[str, Callable[[], bytes]] = {
    "cifar_archive": cifar10_binary,
    "class_folders": lambda: zipped(class_folders()),
    "idx_files": lambda: zipped(idx_files()),
    "numpy_archive": example_of_arrays,
    "parquet": example_of_parquet,
    "table": lambda: zipped(
        {
            "labels.csv": b"file,label\n" + b"".join(b"%d.png,%d\n" % (n, n % 2) for n in range(8)),
            **{f"{n}.png": png(n) for n in range(8)},
        }
    ),
}


def matching(upload: bytes, folder: Path) -> list[str]:
    (folder / "upload").write_bytes(upload)
    archive = open_archive(folder / "upload", folder)
    try:
        return [name for name, form in formats.formats().items() if form.matches(archive)]
    finally:
        archive.close()


@pytest.fixture
def new_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "colours.py").write_text(COLOURS)
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
    assert form.ACCEPTED in formats.describe_accepted()
    assert list(inspect.signature(form.matches).parameters) == ["archive"]
    assert list(inspect.signature(form.read).parameters) == ["archive", "scratch"]


@pytest.mark.parametrize("name", formats.formats())
def test_an_upload_of_a_format_matches_no_other(name: str, tmp_path: Path) -> None:
    upload = EXAMPLES[name]()

    assert matching(upload, tmp_path) == [name]
    assert sum(prepare(upload).description.sizes.values()) > 0


@pytest.mark.usefixtures("new_format")
def test_a_new_file_is_a_new_format_and_is_named_where_another_is_refused() -> None:
    made = prepare(zipped({"colours.txt": b"0 10 20 100 110 120"}))

    assert made.label_of() == {
        **dict.fromkeys([0, 10, 20], "dark"),
        **dict.fromkeys([100, 110, 120], "bright"),
    }
    for refused in (b"no zip", zipped({"readme.md": b"hello"})):
        assert "colours.txt" in refusal(refused)


@pytest.mark.usefixtures("new_format")
def test_an_archive_in_two_formats_at_once_is_refused() -> None:
    files = {"colours.txt": b"0 10 20 30 40", **class_folders()}

    assert "in more than one of (class_folders, colours) the accepted" in refusal(zipped(files))


def test_an_archive_in_no_format_is_refused_with_what_it_has_and_what_is_accepted() -> None:
    sentence = refusal(zipped({f"{n}.md": b"hello" for n in range(10)}))

    assert "'0.md', '1.md', '2.md' and 7 more" in sentence
    assert formats.describe_accepted() in sentence


def test_images_without_folders_or_a_table_are_refused() -> None:
    sentence = refusal(zipped({f"cat{n}.png": png(n) for n in range(5)}))

    assert "'cat0.png'" in sentence
    assert "class folders" in sentence


#: Where bytes are changed, as a share of the length, how many are taken out, and what is put in.
changes = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from([0, 1, 2, 4, 64]),
        st.sampled_from([b"", b"\0", b"\1", b"\xff", b"\x80", b"\xff\xff\xff\x7f", b"../", b"\n"]),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("name", EXAMPLES)
@given(changes, st.sampled_from(["refuse", "skip"]))
@settings(max_examples=25)
def test_whatever_happens_to_an_upload_it_is_taken_or_refused_with_a_sentence(
    name: str, changes: list[tuple[float, int, bytes]], damaged: str
) -> None:
    upload = bytearray(EXAMPLES[name]())
    for where, taken_out, put_in in changes:
        start = int(where * len(upload))
        upload[start : start + taken_out] = put_in

    with contextlib.suppress(ArchiveError, ContentError):
        prepare(bytes(upload), damaged=damaged)
