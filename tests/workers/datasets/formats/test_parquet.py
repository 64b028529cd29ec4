"""Parquet as Hugging Face's library writes it; see the README of the folder hugging_face."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.workers.datasets.uploads import png, prepare, refusal, tarred, zipped

HUGGING_FACE = Path(__file__).parent / "hugging_face"
CLASSES = ("zebra", "ant", "Möwe")


def files_of_hugging_face() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(HUGGING_FACE.glob("*.parquet"))}


def written(columns: dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def rows(labels: Sequence[Any], column: str = "image") -> dict[str, Any]:
    images = [{"bytes": png(row), "path": None} for row in range(len(labels))]
    return {column: images, "label": labels}


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("folder", ["", "data/", "datasets/me/animals/data/"])
def test_shards_and_splits_of_hugging_face_are_read(pack: Any, folder: str) -> None:
    files = {f"{folder}{name}": file for name, file in files_of_hugging_face().items()}

    made = prepare(pack({**files, "README.md": b"# animals", ".gitattributes": b""}))

    assert made.dataset.classes == CLASSES
    assert made.description.split == "given"
    assert made.numbers("train") == list(range(12))
    assert made.numbers("validation") == [12, 13, 14]
    assert made.numbers("test") == [15, 16, 17, 18, 19, 20]
    assert made.label_of() == {number: CLASSES[number % 3] for number in range(21)}


def test_the_folders_of_the_hubs_own_conversion_say_the_split() -> None:
    files = {
        f"default/{name.partition('-')[0]}/{number:04}.parquet": file
        for number, (name, file) in enumerate(files_of_hugging_face().items())
    }

    assert prepare(zipped(files)).description.sizes == {"train": 12, "validation": 3, "test": 6}


def test_a_single_file_is_read_and_split() -> None:
    made = prepare((HUGGING_FACE / "train-00000-of-00002.parquet").read_bytes())

    assert made.dataset.classes == CLASSES
    assert made.description.sizes == {"train": 4, "validation": 1, "test": 1}


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip"])
@pytest.mark.parametrize("column", ["image", "img"])
def test_files_of_other_programs_are_read(compression: str, column: str) -> None:
    columns = rows(["b", "a"] * 6, column)

    made = prepare(written(columns, compression=compression, row_group_size=5))

    assert made.dataset.classes == ("a", "b")
    assert made.label_of() == {row: "ba"[row % 2] for row in range(12)}


def test_images_may_be_bytes_without_a_path_and_labels_numbers() -> None:
    made = prepare(
        written({"image": [png(n) for n in range(12)], "label": [n % 2 for n in range(12)]})
    )

    assert made.dataset.classes == ("0", "1")


def test_rows_without_an_image_or_a_label_are_counted() -> None:
    columns = rows([0, 1, 0, 1, 0, 1, 0, 1, None, -1, 0])
    columns["image"][10] = {"bytes": None, "path": "elsewhere.png"}

    made = prepare(zipped({"a.parquet": written(columns), "notes.txt": b""}))

    assert made.skipped() == {
        "row without its label": 2,
        "row without its image": 1,
        "no Parquet file": 1,
    }


def with_names(names: Sequence[str]) -> bytes:
    features = {"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}}
    table = pa.table(rows([0, 1, 0, 1]))
    file = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata({"huggingface": json.dumps(features)}), file)
    return file.getvalue()


TRAIN = files_of_hugging_face()["train-00000-of-00002.parquet"]
ALMOST_RIGHT = {
    "cut off": (TRAIN[:-20], "is not a whole Parquet file"),
    "cut off in the middle": (TRAIN[: len(TRAIN) // 2], "is not a whole Parquet file"),
    "its first bytes alone": (b"PAR1", "is not a whole Parquet file"),
    "pages changed": (TRAIN[:4] + b"\xff" * 200 + TRAIN[204:], "is damaged"),
    "no column of labels": (written({"image": [png()], "text": ["cat"]}), "columns image, text"),
    "paths for images": (written({"image": ["1.png"], "label": [0]}), "not the bytes of image"),
    "lists for labels": (written(rows([[0], [1]])), "labels of type list"),
    "no rows": (written({"image": [], "label": []}), "no image"),
    "only rows without a label": (written(rows([None, None, -1])), "no image in the Parquet"),
    "a label beyond the names": (
        zipped({"a.parquet": with_names(["a"])}),
        "a label 1, and there are 1 classes",
    ),
    "a name that no row has": (with_names(["a", "b", "c"]), "there are none of: 'c'"),
    "names that differ between files": (
        zipped({"a.parquet": with_names(["a", "b"]), "b.parquet": with_names(["b", "a"])}),
        "'b.parquet' has other class names ('b', 'a') than the files before it ('a', 'b')",
    ),
    "names twice": (with_names(["a", "a"]), "'a'"),
    "images that are none": (
        written({"image": [b"hello"] * 4, "label": [0, 1, 0, 1]}),
        "'data.parquet row 0': not an image",
    ),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_parquet_that_is_almost_right_is_refused(name: str) -> None:
    content, said = ALMOST_RIGHT[name]

    assert said in refusal(content)
