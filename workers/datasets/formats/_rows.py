"""The rows of a table of labels, from CSV or JSON lines: separator, header and columns are found out."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workers.datasets.errors import ArchiveError
from workers.datasets.formats._files import split_named

COLUMNS = "a labels.csv or labels.jsonl (file, label, optionally split)"
FILE_COLUMNS = ("file", "filename", "file_name", "image", "path", "filepath", "image_path", "id")
LABEL_COLUMNS = ("label", "class", "category", "label_name", "class_name", "target", "y")
SPLIT_COLUMNS = ("split", "set", "subset", "partition")
SAMPLE = 4_096  # characters from which the separator is guessed, which takes the square of it
MAX_LISTED = 10  # columns in a sentence

#: Whether a cell names a file.
IsFile = Callable[[str], bool]


@dataclass(frozen=True)
class Row:
    """A file and what the table says of it, as it is written there."""

    file: str
    label: str
    split: str | None  # None: the table has no such column


@dataclass(frozen=True)
class Table:
    """The rows of a table, and how it was understood."""

    rows: Sequence[Row]
    note: str


def read_table(content: bytes, name: str, is_file: IsFile) -> Table:
    """The rows of the table `name`; ArchiveError says what is accepted."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArchiveError(
            f"{name} is not text in UTF-8 ({error.reason}); save it as UTF-8"
        ) from None
    if name.lower().endswith(".jsonl"):
        return _from_records(list(_json_lines(text, name)), name)
    return _from_csv(text, name, is_file)


def _json_lines(text: str, name: str) -> Iterator[dict[str, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            json.dumps(record, ensure_ascii=False).encode()  # JSON can name halves of characters
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise ArchiveError(
                f"line {number} of {name} is no JSON object of Unicode text; accepted is {COLUMNS}"
            )
        yield record


def _from_records(records: Sequence[dict[str, object]], name: str) -> Table:
    if not records:
        raise ArchiveError(f"{name} is empty; accepted is {COLUMNS}")
    columns = _columns([str(key) for key in records[0]], name)
    rows = []
    for number, record in enumerate(records, start=1):
        cells = [record.get(key) if key else None for key in columns]
        if any(isinstance(cell, (dict, list)) for cell in cells):
            raise ArchiveError(
                f"object {number} of {name} has a list or an object in {_join_names(columns)}; accepted"
                " is a text or a number"
            )
        file, label, split = (None if cell is None else str(cell) for cell in cells)
        rows.append(Row(file or "", label or "", split))
    return Table(rows, f"labels from {name}, fields {_join_names(columns)}")


def _from_csv(text: str, name: str, is_file: IsFile) -> Table:
    separator = _separator(text, name)
    try:
        cells = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise ArchiveError(f"{name} cannot be read as a table ({error})") from None
    if not cells:
        raise ArchiveError(f"{name} is empty; accepted is {COLUMNS}")
    names_file = any(is_file(cell) for cell in cells[0])
    if not names_file or None not in _usual_columns(cells[0])[:2]:
        columns = _columns(cells[0], name)
        places = [cells[0].index(column) if column is not None else None for column in columns]
        said = f"header, columns {_join_names(columns)}"
        cells = cells[1:]
    else:
        places = _places_by_content(cells, is_file, name)
        said = "no header"
    file, label, split = places
    rows = [Row(_cell(row, file), _cell(row, label), _split_cell(row, split)) for row in cells]
    separated = {"\t": "tab"}.get(separator, repr(separator))
    return Table(rows, f"labels from {name}, separated by {separated}, {said}")


def _separator(text: str, name: str) -> str:
    """Quotes are the usual ones whatever the sniffer thinks: a name may have an apostrophe."""
    try:
        return csv.Sniffer().sniff(text[:SAMPLE], delimiters=",;\t|").delimiter
    except csv.Error:
        return "\t" if name.lower().endswith(".tsv") else ","


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _split_cell(row: Sequence[str], place: int | None) -> str | None:
    return None if place is None else _cell(row, place)


def _usual_columns(header: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """The columns of file, label and split, by the usual names."""
    known = {column.strip().lower(): column for column in header}
    file, label, split = (
        next((known[usual] for usual in usuals if usual in known), None)
        for usuals in (FILE_COLUMNS, LABEL_COLUMNS, SPLIT_COLUMNS)
    )
    return file, label, split


def _columns(header: Sequence[str], name: str) -> tuple[str, str, str | None]:
    file, label, split = _usual_columns(header)
    if file is None or label is None:
        missing = "file" if file is None else "label"
        raise ArchiveError(
            f"{name} has the columns {_join_names(header)}, and none is called '{missing}'; accepted is"
            f" {COLUMNS}"
        )
    return file, label, split


def _places_by_content(
    cells: Sequence[Sequence[str]], is_file: IsFile, name: str
) -> list[int | None]:
    """Without a header: the column with names of files, that of splits if any, and the other one."""
    file = next(place for place, cell in enumerate(cells[0]) if is_file(cell))
    others = [place for place in range(len(cells[0])) if place != file]
    splits = [
        place
        for place in others
        if all(split_named(row[place]) for row in cells if len(row) > place)
    ]
    labels = [place for place in others if place not in splits]
    if len(labels) != 1 or len(splits) > 1:
        raise ArchiveError(
            f"{name} has no header, and its {len(cells[0])} columns are not clear; give it one:"
            " file,label"
        )
    return [file, labels[0], splits[0] if splits else None]


def _join_names(names: Sequence[str | None]) -> str:
    return ", ".join(f"'{name[:40]}'" for name in names[:MAX_LISTED] if name is not None)
