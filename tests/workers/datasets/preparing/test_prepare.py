"""The prepared file: what comes out is what went in, wherever it was decoded and however it was packed."""

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.workers.datasets.uploads import (
    SPLITS,
    class_folders,
    npz,
    png,
    prepare,
    refusal,
    tarred,
    zipped,
)
from workers.datasets.archives import open_archive
from workers.datasets.formats import list_images
from workers.datasets.preparing.decode import Progress, report_nothing
from workers.datasets.preparing.prepare import prepare as prepare_listing
from workers.datasets.preparing.processes import Map, in_processes, in_this_process
from workers.datasets.preparing.uploaded_file import prepare_file
from workers.datasets.stored.loading import load
from workers.datasets.stored.prepared_file import map_tensor
from workers.datasets.upload_options import UploadOptions

shapes = st.tuples(
    st.integers(12, 30), st.integers(1, 7), st.integers(1, 7), st.sampled_from([1, 3])
)


@given(shapes, st.integers(0, 2**32 - 1), st.floats(0.1, 0.5))
@settings(max_examples=25)
def test_arrays_come_back_as_they_went_in(
    shape: tuple[int, int, int, int], seed: int, test_share: float
) -> None:
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 256, shape, np.uint8)
    labels = np.resize(generator.permutation(3), shape[0])
    with tempfile.TemporaryDirectory() as folder:
        file, prepared = Path(folder) / "upload", Path(folder) / "prepared"
        file.write_bytes(npz(x_train=images, y_train=labels))
        options = UploadOptions(test_share=test_share)

        description = prepare_file(file, prepared, options, report_nothing)

        dataset = load(prepared, "mine")
        order = map_tensor(prepared, "order").tolist()
        parts = [getattr(dataset, split) for split in SPLITS]
        assert sorted(order) == list(range(shape[0]))
        assert np.array_equal(np.asarray(map_tensor(prepared, "images")), images[order])
        together = torch.cat([part.images for part in parts])
        assert np.array_equal(together.permute(0, 2, 3, 1), images[order])
        assert torch.cat([part.labels for part in parts]).tolist() == labels[order].tolist()
        assert [len(part) for part in parts] == list(description.sizes.values())
        assert (dataset.classes, dataset.sha256) == (description.classes, description.sha256)
        train = images[order][: description.sizes["train"]] / 255
        assert np.allclose(dataset.mean, train.mean((0, 1, 2)))
        assert np.allclose(dataset.std, np.maximum(train.std((0, 1, 2)), 1e-6))


pictures = st.lists(
    st.tuples(st.sampled_from(["cat", "dog"]), st.integers(0, 255)), min_size=8, max_size=20
).filter(lambda images: min(sum(kind == k for kind, _ in images) for k in ("cat", "dog")) > 2)


@given(pictures, st.randoms())
@settings(max_examples=20)
def test_the_hash_is_that_of_the_content_and_of_no_container(
    images: list[tuple[str, int]], random: Any
) -> None:
    files = {f"{kind}/{n}.png": png(shade) for n, (kind, shade) in enumerate(images)}
    shuffled = list(files.items())
    random.shuffle(shuffled)

    expected = prepare(zipped(files)).description

    for upload in (
        zipped(dict(shuffled), zipfile.ZIP_STORED),
        tarred(dict(shuffled)),
        tarred(dict(shuffled), "w:xz"),
        zipped({f"outer/{name}": content for name, content in shuffled}),
        zipped({name: as_bmp(content) for name, content in shuffled}),
    ):
        made = prepare(upload).description
        assert made.sha256 == expected.sha256
        assert made.identity == expected.identity
    changed = {**files, next(iter(files)): png((images[0][1] + 1) % 256)}
    assert prepare(zipped(changed)).description.sha256 != expected.sha256


def as_bmp(content: bytes) -> bytes:
    """Other bytes of the same pixels; a decoder goes by the bytes, whatever the ending says."""
    written = io.BytesIO()
    Image.open(io.BytesIO(content)).save(written, "BMP")
    return written.getvalue()


def test_the_hash_does_not_depend_on_what_is_held_out_and_the_identity_does() -> None:
    upload = zipped(class_folders({"cat": 10, "dog": 10}))

    first, other = (prepare(upload, test_share=share).description for share in (0.2, 0.4))

    assert first.sha256 == other.sha256
    assert first.identity != other.identity


def test_classes_labels_and_given_splits_are_part_of_the_content() -> None:
    images = np.zeros((12, 4, 4), np.uint8)
    labels = np.arange(12) % 2
    given_test = {"x_test": images[:4], "y_test": labels[:4]}
    uploads = [
        npz(x_train=images, y_train=labels),
        npz(x_train=images, y_train=1 - labels),
        npz(x_train=images, y_train=labels + 1),
        npz(x_train=images[:8], y_train=labels[:8], **given_test),
        npz(x_val=images[:4], y_val=labels[:4], x_train=images[:8], y_train=labels[:8]),
    ]

    assert len({prepare(upload).description.sha256 for upload in uploads}) == len(uploads)


def prepared_by(apply: Map, upload: Path, folder: Path) -> bytes:
    folder.mkdir()
    archive = open_archive(upload, folder)
    target = folder / "prepared"
    said: list[Progress] = []
    prepare_listing(
        list_images(archive, folder),
        target,
        UploadOptions(width=5, height=4),
        source="here",
        apply=apply,
        report=said.append,
    )
    archive.close()
    assert {progress.phase for progress in said} == {"decoding"}
    assert all(progress.total == 600 for progress in said)
    assert said[-1].done == 600
    return target.read_bytes()


def test_processes_write_the_same_bytes(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    files = {f"{'ab'[n % 2]}/{n}.png": png(n % 256, size=4 + n % 5) for n in range(600)}
    upload.write_bytes(zipped(files))

    here = prepared_by(in_this_process, upload, tmp_path / "here")
    with in_processes(2) as apply:
        there = prepared_by(apply, upload, tmp_path / "there")

    assert here == there


DAMAGED = {
    "damaged": png(99)[:50],
    "no image": b"hello",
    "empty": b"",
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_image_is_refused_by_name_or_skipped_and_counted(how: str) -> None:
    whole = class_folders({"cat": 10, "dog": 10})
    upload = zipped({**whole, "cat/broken.png": DAMAGED[how], "dog/torn.png": DAMAGED[how]})

    sentence = refusal(upload)
    made = prepare(upload, damaged="skip")

    assert "'cat/broken.png'" in sentence
    assert "?damaged=skip" in sentence
    assert made.description.skipped == [
        {"reason": "damaged image", "count": 2, "examples": ["cat/broken.png", "dog/torn.png"]}
    ]
    assert made.description.sha256 == prepare(zipped(whole)).description.sha256


def test_a_class_or_a_split_of_damaged_images_alone_is_refused_although_they_are_skipped() -> None:
    train = class_folders({"train/cat": 5, "train/dog": 5})
    broken_class = {**class_folders(), "bird/1.png": b"", "bird/2.png": b""}
    broken_split = {**train, "test/cat/1.png": b"", "test/dog/2.png": b""}

    assert "every image of the class 'bird' is damaged" in refusal(
        zipped(broken_class), damaged="skip"
    )
    assert "every image of the test split is damaged" in refusal(
        zipped(broken_split), damaged="skip"
    )
    assert "is damaged" in refusal(zipped({"a/1.png": b"", "b/1.png": b""}), damaged="skip")
