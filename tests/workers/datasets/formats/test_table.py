"""Tables of labels as spreadsheets, pandas and Hugging Face write them."""

import csv
import io
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from tests.workers.datasets.uploads import Prepared, png, prepare, refusal, tarred, zipped

LABELS = {n: ["cat", "dog"][n % 2] for n in range(12)}
ROWS = [(f"{n}.png", label) for n, label in LABELS.items()]
IMAGES = {f"{n}.png": png(n) for n in LABELS}


def with_table(content: str | bytes, name: str = "labels.csv", **images: bytes) -> bytes:
    table = content.encode() if isinstance(content, str) else content
    return zipped({name: table, **(images or IMAGES)})


def written(rows: Sequence[Sequence[Any]], **dialect: Any) -> str:
    text = io.StringIO()
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue()


def note(made: Prepared) -> str:
    return "; ".join(made.description.notes)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [[("file", "label")], [("Image_Path", "CLASS")], []])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_separator_and_header_are_found_and_said(
    separator: str, header: list[tuple[str, str]], quoting: Any
) -> None:
    made = prepare(with_table(written(header + ROWS, delimiter=separator, quoting=quoting)))

    assert made.label_of() == LABELS
    assert ("tab" if separator == "\t" else repr(separator)) in note(made)
    assert ("header, columns" if header else "no header") in note(made)


@pytest.mark.parametrize("with_index", ["with", "without"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_what_pandas_writes_is_read(with_index: str, separator: str) -> None:
    frame = pd.DataFrame(ROWS, columns=["filename", "label"])
    name = "labels.csv" if separator == "," else "labels.tsv"

    made = prepare(with_table(frame.to_csv(index=with_index == "with", sep=separator), name))

    assert made.label_of() == LABELS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_names_with_separators_quotes_and_apostrophes_are_read(encoding: str) -> None:
    names = ["farmer's market", 'the "old" house', "small, blue", "s'Hertogenbosch", "été"]
    rows = [(f"{n}.png", names[n % len(names)]) for n in range(10)]

    made = prepare(with_table(written([("file", "label"), *rows]).encode(encoding)))

    assert set(made.dataset.classes) == set(names)


def test_json_lines_are_read() -> None:
    lines = [
        json.dumps({"file_name": file, "label": label, "width": 6}, ensure_ascii=False)
        for file, label in ROWS
    ]

    made = prepare(with_table("\r\n".join([*lines, ""]), "metadata.jsonl"))

    assert made.label_of() == LABELS
    assert note(made) == "labels from metadata.jsonl, fields 'file_name', 'label'"


def test_numbers_are_classes_in_numeric_order() -> None:
    lines = [json.dumps({"file": f"{n}.png", "label": n % 11}) for n in range(33)]
    images = {f"{n}.png": png(n) for n in range(33)}

    made = prepare(with_table("\n".join(lines), "labels.jsonl", **images))

    assert made.dataset.classes == tuple(str(number) for number in range(11))


@pytest.mark.parametrize("header", [[("file", "label", "split")], []])
def test_a_column_says_the_split(header: list[tuple[str, ...]]) -> None:
    splits = ["train", "TRAIN", "Val", "test"]
    rows = [(f"{n}.png", LABELS[n], splits[n // 3]) for n in range(12)]

    made = prepare(with_table(written(header + rows)))

    assert made.description.split == "given"
    assert made.numbers("validation") == [6, 7, 8]
    assert made.numbers("test") == [9, 10, 11]


@pytest.mark.parametrize(
    "cell", ["photos/{}.png", "./photos/{}.png", "photos\\{}.png", "{}.png", "{}"]
)
def test_a_file_is_named_by_its_path_its_name_or_without_ending(cell: str) -> None:
    rows = [("file", "label"), *((cell.format(n), label) for n, label in LABELS.items())]
    files = {f"data/photos/{name}": image for name, image in IMAGES.items()}

    made = prepare(zipped({"data/labels.csv": written(rows).encode(), **files}))

    assert made.label_of() == LABELS


def folders_of_hugging_face(**splits: range) -> Mapping[str, bytes]:
    """As ImageFolder has it: a metadata.csv in the folder of each split."""
    files = {}
    for split, numbers in splits.items():
        rows = [("file_name", "label"), *((f"{n}.png", LABELS[n]) for n in numbers)]
        files[f"data/{split}/metadata.csv"] = written(rows).encode()
        files |= {f"data/{split}/{n}.png": png(n) for n in numbers}
    return files


def test_folders_of_splits_may_have_a_table_each() -> None:
    made = prepare(zipped(folders_of_hugging_face(train=range(8), test=range(8, 12))))

    assert made.label_of() == LABELS
    assert made.numbers("test") == [8, 9, 10, 11]
    assert "splits by the folders of the images" in note(made)


def test_one_table_of_files_in_folders_of_splits_keeps_these_splits() -> None:
    folder = {n: "train" if n < 8 else "Test" for n in LABELS}
    rows = [("file", "label"), *((f"{folder[n]}/{n}.png", LABELS[n]) for n in LABELS)]
    images = {f"{folder[n]}/{n}.png": png(n) for n in LABELS}

    made = prepare(zipped({"labels.csv": written(rows).encode(), **images}))

    assert made.numbers("test") == [8, 9, 10, 11]


def test_what_is_not_taken_is_counted_by_reason() -> None:
    rows = [("file", "label"), *ROWS, ("13.png", "cat"), ("0.png", "cat"), ("11.png", "")]
    files = {**IMAGES, "20.png": png(), "notes.txt": b"x", "._0.png": b"x"}

    made = prepare(tarred({"labels.csv": written(rows).encode(), **files}))

    assert made.label_of() == LABELS
    assert made.skipped() == {
        "row of the table without its file": 1,
        "row of the table without a label": 1,
        "image that the table does not name": 1,
        "no image file": 1,
        "hidden file": 1,
    }


HEADER = ("file", "label")
ALMOST_RIGHT = {
    "no file is there": (written([HEADER, ("a.png", "cat")]), "no row of the table names an image"),
    "the files of a class are missing": (
        written([HEADER, *ROWS, ("bird.png", "bird")]),
        "no image of the class 'bird' that is there ('bird.png' is not)",
    ),
    "the files of a split are missing": (
        written([(*HEADER, "split"), *((*row, "train") for row in ROWS), ("a.png", "cat", "test")]),
        "no image of the test split",
    ),
    "two labels": (written([HEADER, *ROWS, ("1.png", "cat")]), "gives '1.png' two labels"),
    "two splits": (
        written([(*HEADER, "split"), *((*row, "train") for row in ROWS), ("1.png", "dog", "test")]),
        "gives '1.png' two splits",
    ),
    "an unknown split": (
        written([(*HEADER, "split"), *((*row, "training set 2") for row in ROWS)]),
        "the split 'training set 2'; accepted are train, validation and test",
    ),
    "no column of labels": (
        written([("file", "colour"), *ROWS]),
        "the columns 'file', 'colour', and none is called 'label'; accepted is",
    ),
    "no header and unclear columns": (
        written([(*row, n, n) for n, row in enumerate(ROWS)]),
        "no header, and its 4 columns are not clear",
    ),
    "nothing": ("", "labels.csv is empty"),
    "a header alone": (written([HEADER]), "no row of the table names an image"),
    "another encoding": ("file,label\n0.png,caf\xe9".encode("latin1"), "save it as UTF-8"),
    "a cell without end": ('file,label\n"0.png' + "a" * 200_000, "cannot be read as a table"),
    "one class": (written([HEADER, *((file, "cat") for file, _ in ROWS)]), "there is 1 ('cat')"),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_a_table_that_is_almost_right_is_refused(name: str) -> None:
    content, said = ALMOST_RIGHT[name]

    assert said in refusal(with_table(content))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1, 2]", "line 13 of labels.jsonl is no JSON object"),
        ("{'file': 1}", "line 13 of labels.jsonl is no JSON object"),
        ("[" * 100_000, "line 13 of labels.jsonl is no JSON object"),
        ('{"file": "1.png", "label": ["dog"]}', "object 13 of labels.jsonl has a list"),
        ('{"file": "12.png", "label": "\\ud800"}', "no JSON object of Unicode text"),
        ('{"file": "\\udfff.png", "label": "cat"}', "no JSON object of Unicode text"),
        ('{"file": "1.png", "label": "dog", "\\ud800": 1}', "no JSON object of Unicode text"),
    ],
    ids=range(7),
)
def test_json_lines_that_are_almost_right_are_refused(line: str, said: str) -> None:
    lines = [json.dumps({"file": file, "label": label}) for file, label in ROWS]
    images = {**IMAGES, "12.png": png(12)}

    assert said in refusal(with_table("\n".join([*lines, line]), "labels.jsonl", **images))


def test_two_tables_for_the_same_folder_are_refused() -> None:
    content = zipped({"labels.csv": b"", "metadata.jsonl": b"", **IMAGES})

    assert "2 tables (labels.csv, metadata.jsonl); accepted is one" in refusal(content)


def test_guessing_the_separator_takes_no_time_that_grows_with_the_square_of_the_table() -> None:
    started = time.monotonic()

    refusal(with_table(',"' * 100_000))

    assert time.monotonic() - started < 10
