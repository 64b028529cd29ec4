"""Names, notes and tags of rows: changed, and searched without regard to case."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, or_, type_coerce

from workers.storage.tables import Comparison, Job, Model

AnyLabelled = Job | Comparison | Model


def fold(text: str) -> str:
    """Text in the form in which it is compared: small letters, composed, in any script.

    The database cannot: SQLite and some collations of PostgreSQL know the case of ASCII alone.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def change(row: AnyLabelled, values: Mapping[str, Any]) -> None:
    """Give a row the `name`, the `note` and the `tags` that `values` has; others stay."""
    for column, value in values.items():
        setattr(row, column, value)
    update_search_text(row)


def update_search_text(row: AnyLabelled) -> None:
    """Make what is searched from what the row says."""
    row.search_text = search_text(
        row.name,
        row.note,
        *(row.tags or []),
        *(_architecture_names(row.architectures) if isinstance(row, Comparison) else []),
    )


def search_text(*parts: str | None) -> str:
    """The parts, a line each, in the form in which they are searched."""
    return fold("\n".join(part for part in parts if part))


def conditions(
    table: Any, *searched: Any, search: str | None, tag: str | None
) -> list[ColumnElement[bool]]:
    """The conditions that a row of `table` contains the text `search`, and has the tag `tag`.

    The text is looked for in name, note, tags, the columns `searched` and where the id begins.
    """
    found: list[ColumnElement[bool]] = []
    if search:
        text = fold(search)
        found.append(
            or_(
                table.search_text.contains(text, autoescape=True),
                table.id.startswith(text, autoescape=True),
                *(column.icontains(text, autoescape=True) for column in searched),
            )
        )
    if tag:
        tags = type_coerce(table.tags, String)
        found.append(tags.contains(f"\n{tag}\n", autoescape=True))
    return found


def _architecture_names(architectures: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names and labels of the architectures of a comparison."""
    return [str(entry[field]) for entry in architectures for field in ("name", "label")]
