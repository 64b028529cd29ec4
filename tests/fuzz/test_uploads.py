"""Damaged uploads of every format: prepared, or refused in a sentence, and nothing else.

`make fuzz` draws more of them (EXAMPLES); the corpus has those that once broke something.
"""

import functools
import json
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from safetensors.torch import save

from tests.fuzz.damage import content_of, damaged, damaged_within, kept
from tests.workers.datasets.formats.test_cifar_archive import (
    cifar10_binary_files,
    cifar10_python_files,
)
from tests.workers.datasets.formats.test_idx_files import gzipped, idx_files
from tests.workers.datasets.images.image_files import samples
from tests.workers.datasets.uploads import class_folders, npz, png, prepare, tarred, zipped
from workers.errors import BakeoffError
from workers.weights.safetensors_file import check_file
from workers.weights.tensors import read_weights

pytestmark = pytest.mark.filterwarnings("ignore")  # what libraries think of such files

Pack = Callable[[dict[str, bytes]], bytes]
EXAMPLES = int(os.environ.get("EXAMPLES", "3"))
SHORT, LONG = EXAMPLES * 3, EXAMPLES * 100

ROWS = {f"{number}.png": png(number) for number in range(8)}
CSV = b"file,label,split\n" + b"".join(b"%d.png,%d,train\n" % (n, n % 2) for n in range(8))
JSON_LINES = b"".join(b'{"file": "%d.png", "label": "%d"}\n' % (n, n % 2) for n in range(8))
ARRAYS = npz(
    x_train=np.zeros((20, 6, 6), np.uint8),
    y_train=np.arange(20) % 2,
    x_test=np.zeros((4, 6, 6), np.float32),
    y_test=np.array(["0", "1", "0", "1"]),
)


def parquet_file() -> bytes:
    table = pa.table(
        {
            "image": [{"bytes": png(number), "path": None} for number in range(8)],
            "label": [number % 2 for number in range(8)],
        }
    )
    features = {"info": {"features": {"label": {"names": ["cat", "dog"]}}}}
    written = pa.BufferOutputStream()
    parquet.write_table(
        table.replace_schema_metadata({"huggingface": json.dumps(features)}), written
    )
    return bytes(written.getvalue())


def images_of_every_kind() -> dict[str, bytes]:
    kinds = list(samples().items())
    return {f"{'ab'[n % 2]}/{n} {name}.png": content for n, (name, content) in enumerate(kinds)}


#: Name → the files of an archive, and how it is packed.
ARCHIVES: dict[str, tuple[Callable[[], dict[str, bytes]], Pack]] = {
    "class folders": (class_folders, zipped),
    "images of every kind": (images_of_every_kind, zipped),
    "tar": (class_folders, tarred),
    "tar.gz": (class_folders, partial(tarred, mode="w:gz")),
    "tar.bz2": (class_folders, partial(tarred, mode="w:bz2")),
    "tar.xz": (class_folders, partial(tarred, mode="w:xz")),
    "CSV": (lambda: {"labels.csv": CSV, **ROWS}, zipped),
    "JSON lines": (lambda: {"labels.jsonl": JSON_LINES, **ROWS}, zipped),
    "IDX": (idx_files, zipped),
    "IDX, gzipped": (lambda: gzipped(idx_files()), zipped),
    "CIFAR, binary": (cifar10_binary_files, tarred),
    "CIFAR, python": (cifar10_python_files, tarred),
    "Parquet in a zip": (lambda: {"train.parquet": parquet_file()}, zipped),
}


@functools.cache  # Hypothesis wants the same file each time, and a zip has the time in it
def whole(name: str) -> bytes:
    """A file that is uploaded as it is."""
    if name in ARCHIVES:
        files, pack = ARCHIVES[name]
        return pack(files())
    return ARRAYS if name == "npz" else parquet_file()


@functools.cache
def files_of(name: str) -> dict[str, bytes]:
    files, _ = ARCHIVES[name]
    return files()


FILES = ["npz", "Parquet", *ARCHIVES]
some = settings(max_examples=SHORT, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=LONG, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", FILES)
@some
@given(data=st.data())
def test_a_damaged_upload_is_prepared_or_refused(name: str, data: st.DataObject) -> None:
    judge_upload(data.draw(damaged(whole(name))))


@pytest.mark.parametrize("name", ARCHIVES)
@some
@given(data=st.data())
def test_damage_in_a_file_of_an_upload_is_prepared_or_refused(
    name: str, data: st.DataObject
) -> None:
    _, pack = ARCHIVES[name]
    judge_upload(data.draw(damaged_within(files_of(name), pack)))


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@many
@given(data=st.data())
def test_many_damaged_uploads_are_prepared_or_refused(name: str, data: st.DataObject) -> None:
    if name in ARCHIVES and data.draw(st.booleans()):
        _, pack = ARCHIVES[name]
        judge_upload(data.draw(damaged_within(files_of(name), pack)))
    else:
        judge_upload(data.draw(damaged(whole(name))))


MOMENT = torch.ones(3)
WEIGHTS = save(
    {"preprocessing.mean": MOMENT, "preprocessing.std": MOMENT * 2, "body.stem": torch.ones(4, 3)},
    {"license": "mit"},
)


@some
@given(content=damaged(WEIGHTS))
def test_damaged_weights_are_read_or_refused(content: bytes) -> None:
    judge_weights(content)


@pytest.mark.slow
@many
@given(content=damaged(WEIGHTS))
def test_many_damaged_weights_are_read_or_refused(content: bytes) -> None:
    judge_weights(content)


@pytest.mark.parametrize("path", kept("uploads"), ids=lambda path: path.name)
def test_an_upload_that_once_broke_something_is_prepared_or_refused(path: Path) -> None:
    judge_upload(content_of(path))


@pytest.mark.parametrize("path", kept("weights"), ids=lambda path: path.name)
def test_weights_that_once_broke_something_are_read_or_refused(path: Path) -> None:
    judge_weights(content_of(path))


def judge_upload(content: bytes) -> None:
    judge(lambda: prepare(content, damaged="skip"))


def judge_weights(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()

        def read() -> None:
            check_file(Path(file.name))
            read_weights(Path(file.name))

        judge(read)


def judge(read: Callable[[], object]) -> None:
    """What is refused is refused by a status of the client's, in one sentence that can be sent."""
    try:
        read()
    except BakeoffError as error:
        refused = error
    else:
        return
    assert refused.status < 500
    assert str(refused).strip()
