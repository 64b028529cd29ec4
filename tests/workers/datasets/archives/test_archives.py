"""Archives made by the programs that people use; what they mean does not depend on the program."""

import bz2
import gzip
import io
import lzma
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.workers.datasets.uploads import class_folders, png, prepare, refusal, tarred, zipped

FILES = class_folders()
ZEROS = bytes(16 * 1024**2)


@pytest.fixture(scope="module")
def sha256() -> str:
    return prepare(zipped(FILES)).description.sha256


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "animals" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "animals"


@pytest.mark.parametrize(
    "compression",
    [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
)
def test_a_zip_of_any_compression_is_the_same_dataset(compression: int, sha256: str) -> None:
    assert prepare(zipped(FILES, compression)).description.sha256 == sha256


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_of_any_compression_is_the_same_dataset(mode: str, sha256: str) -> None:
    assert prepare(tarred(FILES, mode)).description.sha256 == sha256


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_that_was_cut_between_two_files_is_refused(mode: str) -> None:
    whole = tarred(FILES)
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        last = archive.getmembers()[-1]
    cut = whole[: last.offset]

    sentence = refusal(cut if mode == "w" else gzip.compress(cut))

    assert "not a whole tar archive (it is cut off: the mark at its end is missing)" in sentence


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_read_in_every_form_of_tar(form: int) -> None:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=form) as archive:
        for name, content in FILES.items():
            member = tarfile.TarInfo(f"{'photographs/' * 10}{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))

    assert prepare(written.getvalue()).dataset.classes == ("cat", "dog")


@pytest.mark.parametrize(
    "command",
    [
        ["zip", "-q", "-r", "out", "animals"],
        ["zip", "-q", "-0", "-r", "out", "animals"],
        ["tar", "cf", "out", "animals"],
        ["tar", "cf", "out", "-C", "animals", "."],
        ["tar", "czf", "out", "animals"],
        ["tar", "cJf", "out", "animals"],
    ],
    ids=" ".join,
)
def test_what_the_programs_of_linux_write_is_read(
    folder: Path, command: list[str], sha256: str
) -> None:
    target = folder.parent / "out"
    try:
        subprocess.run(command, cwd=folder.parent, check=True)
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not installed")
    written = next(path for path in (target, target.with_suffix(".zip")) if path.exists())

    assert prepare(written).description.sha256 == sha256


def test_a_plain_folder_is_read(folder: Path, sha256: str) -> None:
    assert prepare(folder).description.sha256 == sha256


def test_the_order_of_the_files_does_not_matter(sha256: str) -> None:
    backwards = dict(reversed(FILES.items()))

    assert prepare(zipped(backwards)).description.sha256 == sha256
    assert prepare(tarred(backwards, "w:gz")).description.sha256 == sha256


def test_a_zip_made_on_a_mac_is_read_and_its_own_files_are_counted(sha256: str) -> None:
    own = {f"__MACOSX/animals/{name.replace('/', '/._')}": b"attributes" for name in FILES}
    files = {f"animals/{name}": content for name, content in FILES.items()}

    made = prepare(zipped({**files, **own, "animals/.DS_Store": b"x", "animals/cat/._1.png": b"x"}))

    assert made.description.sha256 == sha256
    assert made.skipped() == {"hidden file": 12}


def test_a_zip_made_on_windows_is_read(sha256: str) -> None:
    files = {f"animals\\{name}".replace("/", "\\"): content for name, content in FILES.items()}
    folders = {"animals\\": b"", "animals\\cat\\": b"", "animals\\dog\\": b""}

    made = prepare(zipped({**folders, **files, "animals\\cat\\Thumbs.db": b"x"}))

    assert made.description.sha256 == sha256
    assert made.skipped() == {"hidden file": 1}


def test_names_of_either_encoding_of_zip_are_read() -> None:
    files = class_folders({"F~chse": 4, "dog": 4})
    old = zipped(files, zipfile.ZIP_STORED).replace(b"F~chse", b"F\x81chse")  # code page 437
    new = zipped({name.replace("~", "ü"): content for name, content in files.items()})

    assert prepare(old).dataset.classes == ("Füchse", "dog")
    assert prepare(new).dataset.classes == ("Füchse", "dog")


def linked(kind: bytes) -> bytes:
    written = io.BytesIO(tarred(FILES))
    with tarfile.open(fileobj=written, mode="a") as archive:
        member = tarfile.TarInfo("cat/other.png")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    return written.getvalue()


def sparse() -> bytes:
    header = tarfile.TarInfo("cat/sparse.png")
    header.size = 512
    block = bytearray(header.tobuf(tarfile.GNU_FORMAT))
    block[156:157] = tarfile.GNUTYPE_SPARSE
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(512) + tarred(FILES)


def with_long_name() -> bytes:
    """A name of 64 MiB, which compresses to nothing."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 64 * 1024**2
    return header.tobuf(tarfile.GNU_FORMAT) + b"a" * 64 * 1024**2 + tarred(FILES)


def with_names_in_latin_1() -> bytes:
    files = {name.replace("cat", "caf~"): content for name, content in FILES.items()}
    written = bytearray(tarred(files).replace(b"caf~", b"caf\xe9"))
    for start in range(0, len(written) - 512, 512):
        if written[start : start + 4] == b"caf\xe9":
            written[start + 148 : start + 156] = b"        "
            written[start + 148 : start + 156] = b"%06o\0 " % sum(written[start : start + 512])
    return bytes(written)


ALMOST_RIGHT = {
    "nothing": (lambda: b"", "no archive"),
    "a text": (lambda: b"hello", "no archive"),
    "an empty zip": (lambda: b"PK\x05\x06" + b"\0" * 18, "empty"),
    "an empty tar": (lambda: tarred({}, "w:gz"), "empty"),
    "a zip without its end": (lambda: zipped(FILES)[:-200], "not a whole zip"),
    "a tar without its end": (lambda: tarred(FILES)[: 3 * 512 + 100], "not a whole tar"),
    "a tar.gz without its end": (lambda: gzip.compress(tarred(FILES))[:-20], "damaged"),
    "a tar.xz without its end": (lambda: lzma.compress(tarred(FILES))[:-20], "damaged"),
    "a tar.bz2 without its end": (lambda: bz2.compress(tarred(FILES))[:-20], "damaged"),
    "a gzipped text": (lambda: gzip.compress(b"a text"), "not a whole tar"),
    "a symbolic link": (lambda: linked(tarfile.SYMTYPE), "link or a device"),
    "a hard link": (lambda: linked(tarfile.LNKTYPE), "link or a device"),
    "a device": (lambda: linked(tarfile.CHRTYPE), "link or a device"),
    "a pipe": (lambda: linked(tarfile.FIFOTYPE), "link or a device"),
    "a sparse file": (sparse, "sparse"),
    "a name of 64 MiB": (with_long_name, "a name or attributes of 67,108,864 bytes"),
    "names in Latin 1": (with_names_in_latin_1, r"not UTF-8: 'caf\udce9/0.png'"),
    "a path that climbs": (lambda: tarred({**FILES, "../cat/1.png": png()}), "leaves it"),
    "an absolute path": (lambda: tarred({**FILES, "/cat/1.png": png()}), "leaves it"),
    "a drive": (lambda: zipped({**FILES, "C:\\cat\\1.png": png()}), "leaves it"),
    "a path twice in a zip": (lambda: zipped({**FILES, "cat\\0.png": png()}), "twice"),
    "a path twice in a tar": (lambda: tarred({**FILES, "./cat/0.png": png()}), "twice"),
    "zeros in a tar.gz": (lambda: tarred({"cat/1.png": ZEROS}, "w:gz"), "times its size"),
    "zeros in a zip": (lambda: zipped({**FILES, "cat/1.bmp": ZEROS}), "times its size"),
    "a zip in a tar.gz": (lambda: tarred({"a.zip": zipped(FILES)}, "w:gz"), "'a.zip'"),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_an_archive_that_is_almost_right_is_refused(name: str) -> None:
    make, said = ALMOST_RIGHT[name]

    assert said in refusal(make())


@pytest.mark.parametrize("name", [".", "./"])
def test_an_entry_without_a_name_is_refused(name: str) -> None:
    assert "without a name" in refusal(zipped({**FILES, name: b""}))


def test_an_entry_that_is_larger_than_it_declares_is_refused() -> None:
    content = bytearray(zipped({"cat/1.png": bytes(1000), "dog/1.png": png()}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")

    assert "'cat/1.png': it is not of the size" in refusal(bytes(content))


@pytest.mark.parametrize(("position", "number"), [(20, 2**31), (42, 2**31), (-10, 10**5)])
def test_an_entry_that_would_lie_outside_the_file_is_refused(position: int, number: int) -> None:
    content = bytearray(zipped(FILES, zipfile.ZIP_STORED))
    directory = content.index(b"PK\x01\x02")
    start = directory + position if position > 0 else len(content) + position
    content[start : start + 4] = number.to_bytes(4, "little")

    assert "damaged" in refusal(bytes(content)) or "not a whole zip" in refusal(bytes(content))


def test_an_image_whose_bytes_were_changed_is_refused_by_name() -> None:
    content = zipped({**FILES, "dog/marked.png": png(77)}, zipfile.ZIP_STORED)
    spoilt = content.replace(png(77), png(77)[:-16] + b"\1" + png(77)[-15:])

    sentence = refusal(spoilt)

    assert "'dog/marked.png'" in sentence
    assert "?damaged=skip" in sentence


def test_an_encrypted_zip_is_refused() -> None:
    content = bytearray(zipped(FILES))
    content[content.index(b"PK\x01\x02") + 8] |= 1

    assert "without a password" in refusal(bytes(content))
