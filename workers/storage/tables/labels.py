"""What people write on jobs, comparisons and models to find them again."""

from sqlalchemy import Dialect, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class TagList(TypeDecorator[list[str]]):
    """Tags as one text, each between line breaks, so that LIKE finds a whole tag on every database."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:
        """No tag has a line break in it."""
        del dialect
        return "\n".join(["", *value, ""]) if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        """The tags, in the order in which they were given."""
        del dialect
        return [tag for tag in (value or "").split("\n") if tag]


class Labelled:
    """The columns of a table whose rows have a name, a note and tags."""

    note: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(TagList, default=list, server_default="")
    #: Name, note and tags in the form in which they are searched, see workers/storage/labels.py.
    search_text: Mapped[str] = mapped_column(default="", server_default="")
