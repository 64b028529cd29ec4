"""Image files with a table of their labels: `labels.csv` or `labels.jsonl` of file, label and maybe split.

Separator, header and columns are found out and stated in the note. `metadata` and `annotations` are
accepted as names of the table too, and `.tsv` as its ending.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workers.datasets.archives import Archive
from workers.datasets.class_names import normalised
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._files import (
    HIDDEN,
    NO_IMAGE,
    is_hidden,
    is_image,
    split_named,
    tables,
)
from workers.datasets.listing import ListedImage, Listing, Skipped, Split

ACCEPTED = "image files with a labels.csv or labels.jsonl (file, label, optionally split)"
FILE_COLUMNS = ("file", "filename", "file_name", "image", "path", "filepath", "image_path", "id")
LABEL_COLUMNS = ("label", "class", "category", "label_name", "class_name", "target", "y")
SPLIT_COLUMNS = ("split", "set", "subset", "partition")
SAMPLE = 65_536  # characters from which separator and header are guessed

Row = tuple[str, str, str | None]  # file, label, split


@dataclass(frozen=True)
class _Table:
    rows: Sequence[Row]
    note: str


def matches(archive: Archive) -> bool:
    """Whether there is a table of labels beside at least one image."""
    return bool(tables(archive.names)) and any(is_image(name) for name in archive.names)


def read(archive: Archive, scratch: Path) -> Listing:
    """The images that the table names; other files, and rows without a file, are counted by reason."""
    del scratch
    found = tables(archive.names)
    if len(found) != 1:
        raise ArchiveError(f"there are {len(found)} tables ({', '.join(found[:5])}); keep one")
    [table_name] = found
    files = _Files([name for name in archive.names if is_image(name)], table_name)
    table = _read_table(archive.read(table_name), table_name, files)
    skipped = Skipped()
    images = _images(archive, table, files, skipped)
    if not images:
        raise ArchiveError(f"no row of {table_name} names an image of the archive; {ACCEPTED}")
    for name in archive.names:
        if name not in images and name != table_name:
            reason = "image that the table does not name" if is_image(name) else NO_IMAGE
            skipped.add(HIDDEN if is_hidden(name) else reason, name)
    return Listing(list(images.values()), skipped=skipped, notes=[table.note])


def _images(
    archive: Archive, table: _Table, files: "_Files", skipped: Skipped
) -> dict[str, ListedImage]:
    """Path → image, in the order of the table."""
    images: dict[str, ListedImage] = {}
    for file, label, split in table.rows:
        name = files.find(file)
        if name is None:
            skipped.add("row of the table without its file", file)
        elif not label.strip():
            skipped.add("row of the table without a label", file)
        elif name in images and images[name].label != normalised(label):
            raise ArchiveError(f"the table gives '{name}' two labels")
        else:
            place = archive.place(name)
            images[name] = ListedImage(name, normalised(label), place, _split(split, file))
    return images


class _Files:
    """Finds the image that a cell means: by path, by path from the table, by name, or without ending."""

    def __init__(self, names: Sequence[str], table: str) -> None:
        folder = PurePosixPath(table).parent
        self._names: dict[str, str | None] = {}
        for name in names:
            path = PurePosixPath(name)
            self._add(path.stem, name)
            self._add(path.name, name)
        for name in names:
            path = PurePosixPath(name)
            if path.is_relative_to(folder):
                self._names[str(path.relative_to(folder))] = name
        self._names.update({name: name for name in names})

    def _add(self, key: str, name: str) -> None:
        self._names[key] = name if self._names.get(key, name) == name else None  # not unique

    def find(self, cell: str) -> str | None:
        """The path of the image in the archive; None where there is none, or not a single one."""
        cell = cell.strip().replace("\\", "/").removeprefix("./")
        return self._names.get(cell)


def _split(cell: str | None, file: str) -> Split | None:
    if cell is None or not cell.strip():
        return None
    split = split_named(cell)
    if split is None:
        raise ArchiveError(
            f"the table gives '{file[:80]}' the split {cell[:40]!r}; accepted are train, validation"
            " and test"
        )
    return split


def _read_table(content: bytes, name: str, files: _Files) -> _Table:
    text = _decoded(content, name)
    if name.lower().endswith(".jsonl"):
        return _from_records(list(_json_lines(text, name)), name)
    return _from_csv(text, name, files)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{name} is not text in UTF-8 ({error.reason})") from None


def _json_lines(text: str, name: str) -> Iterator[dict[str, object]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise ArchiveError(f"line {number} of {name} is no JSON object; {ACCEPTED}")
        yield record


def _from_records(records: Sequence[dict[str, object]], name: str) -> _Table:
    if not records:
        raise ArchiveError(f"{name} is empty; {ACCEPTED}")
    columns = _columns([str(key) for key in records[0]], name)
    rows: list[Row] = []
    for record in records:
        file, label, split = (record.get(key) if key else None for key in columns)
        text = "" if label is None else str(label)
        rows.append((str(file), text, None if split is None else str(split)))
    return _Table(rows, f"labels from {name}, fields {_listed(columns)}")


def _from_csv(text: str, name: str, files: _Files) -> _Table:
    sample = text[:SAMPLE]
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(sample, delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel_tab if name.lower().endswith(".tsv") else csv.excel
    try:
        cells = [row for row in csv.reader(io.StringIO(text), dialect) if any(row)]
    except csv.Error as error:
        raise ArchiveError(f"{name} cannot be read as a table ({error})") from None
    if not cells:
        raise ArchiveError(f"{name} is empty; {ACCEPTED}")
    separator = {"\t": "tab"}.get(dialect.delimiter, repr(dialect.delimiter))
    has_header = not any(files.find(cell) for cell in cells[0])
    if has_header:
        columns = _columns(cells[0], name)
        places = [cells[0].index(column) if column else None for column in columns]
        said = f"header, columns {_listed(columns)}"
        cells = cells[1:]
    else:
        places = _places_by_content(cells, files, name)
        said = "no header"
    rows = [tuple(_cell(row, place) for place in places) for row in cells]
    note = f"labels from {name}, separated by {separator}, {said}"
    return _Table([(file or "", label or "", split) for file, label, split in rows], note)


def _cell(row: Sequence[str], place: int | None) -> str | None:
    return row[place] if place is not None and place < len(row) else None


def _columns(header: Sequence[str], name: str) -> tuple[str, str, str | None]:
    """The columns of file, label and split, by the usual names."""
    known = {column.strip().lower(): column for column in header}
    file, label, split = (
        next((known[usual] for usual in usuals if usual in known), None)
        for usuals in (FILE_COLUMNS, LABEL_COLUMNS, SPLIT_COLUMNS)
    )
    if file is None or label is None:
        missing = "file" if file is None else "label"
        raise ArchiveError(
            f"{name} has the columns {_listed(header)}, and none is called '{missing}'; {ACCEPTED}"
        )
    return file, label, split


def _places_by_content(
    cells: Sequence[Sequence[str]], files: _Files, name: str
) -> list[int | None]:
    """Without a header: the column with names of files; the next is the label; a third, the split."""
    file = next(place for place, cell in enumerate(cells[0]) if files.find(cell))
    others = [place for place in range(len(cells[0])) if place != file]
    splits = [
        place
        for place in others
        if all(split_named(row[place]) for row in cells if len(row) > place)
    ]
    labels = [place for place in others if place not in splits]
    if len(labels) != 1:
        raise ArchiveError(
            f"{name} has no header, and its columns are not clear; give it one: file,label"
        )
    return [file, labels[0], splits[0] if splits else None]


def _listed(names: Sequence[str | None]) -> str:
    return ", ".join(f"'{name[:40]}'" for name in names if name)
