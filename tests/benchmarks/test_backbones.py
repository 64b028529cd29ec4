"""What `make bench-backbones` measures with: sections of a page, photos, and the memory of processes."""

import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.backbones import cifar10
from benchmarks.backbones.__main__ import TARGET, Section
from benchmarks.backbones.page import begin_of, end_of, write_section
from benchmarks.backbones.process_memory import AnonymousMemory

MIB = 2**20
LARGE = 200
ALLOCATE = f"held = bytearray(b'x') * {LARGE * MIB}; print('held', flush=True); input()"
IN_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ALLOCATE!r}])"


def test_a_section_is_written_and_the_others_keep_their_text(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    marks = [(begin_of(name), end_of(name)) for name in ("photos", "memory")]
    first, second = ("\n\nold\n\n".join(pair) for pair in marks)
    page.write_text(f"# Page\n\n{first}\n\n{second}\n\nEnd.\n")

    write_section(page, "photos", "new")

    assert page.read_text() == f"# Page\n\n{first.replace('old', 'new')}\n\n{second}\n\nEnd.\n"


def test_a_page_without_the_section_is_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{begin_of('photos')} and no end")

    with pytest.raises(ValueError, match="no marks of a section 'photos'"):
        write_section(page, "photos", "new")

    assert page.read_text() == f"{begin_of('photos')} and no end"


def test_the_page_has_a_place_for_every_section() -> None:
    text = TARGET.read_text()

    places = [text.index(mark) for name in Section for mark in (begin_of(name), end_of(name))]

    assert places == sorted(places)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A tar of twelve images of 32 pixels in each of two classes and both splits."""
    path = tmp_path / "images.tar.xz"
    with tarfile.open(path, "w:xz") as written:
        for number in range(12):
            for name in (f"{split}/{label}" for split in ("test", "train") for label in ("a", "b")):
                content = io.BytesIO()
                Image.new("RGB", (32, 32), (20 * number, 0, 0)).save(content, "JPEG")
                member = tarfile.TarInfo(f"./{name}/{number:04}.jpg")
                member.size = len(content.getvalue())
                written.addfile(member, io.BytesIO(content.getvalue()))
    return path


def test_photos_are_enlarged_images_in_class_folders_of_both_splits(
    archive: Path, tmp_path: Path
) -> None:
    cifar10.photos(archive, tmp_path / "photos.zip", number=100)

    with zipfile.ZipFile(tmp_path / "photos.zip") as photos:
        names = photos.namelist()
        images = [Image.open(io.BytesIO(photos.read(name))) for name in names]
    assert {(image.format, image.size, image.mode) for image in images} == {
        ("JPEG", (224, 224), "RGB")
    }
    for label in ("a", "b"):  # a tenth of them each
        assert sum(name.startswith(f"train/{label}/") for name in names) == 8
        assert sum(name.startswith(f"test/{label}/") for name in names) == 2


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells it there")
@pytest.mark.parametrize("program", [ALLOCATE, IN_A_CHILD])
def test_the_memory_of_a_process_and_of_those_below_it_is_seen_while_it_has_it(
    program: str,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        with AnonymousMemory(process.pid) as memory:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
        process.communicate(b"\n")
    with AnonymousMemory(process.pid) as ended:
        pass

    assert LARGE < memory.peak_mib < 1.5 * LARGE
    assert ended.peak_mib == 0
