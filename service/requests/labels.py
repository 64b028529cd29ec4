"""What people write on jobs, comparisons and models: a name, a note and tags."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from service.requests.fields import Form

MAX_NAME, MAX_NOTE, MAX_TAG = 100, 2000, 40  # characters
MAX_TAGS = 20


def _refuse_control(text: str, *, allowed: str = "") -> str:
    if any(unicodedata.category(sign) == "Cc" and sign not in allowed for sign in text):
        but = "line breaks and tabs are" if allowed else "none is"
        raise ValueError(f"any text but control characters, of which {but} accepted")
    return text


def _name(text: str) -> str:
    return _refuse_control(text).strip()


def _note(text: str) -> str:
    return _refuse_control(text, allowed="\n\r\t")


def normalised_tag(text: str) -> str:
    """A tag as it is stored: composed, in small letters, with single spaces. ValueError if empty."""
    tag = " ".join(unicodedata.normalize("NFC", _refuse_control(text)).lower().split())
    if not tag:
        raise ValueError("a tag has at least one character that is no space")
    return tag


def _without_duplicates(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


#: One tag, normalised.
Tag = Annotated[str, Field(max_length=MAX_TAG), AfterValidator(normalised_tag)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_without_duplicates)]


class Labels(Form):
    """A JSON Merge Patch (RFC 7396): fields that are left out stay, and null clears a field."""

    name: Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_name)] | None = Field(
        None, description="one line of any text", examples=["wide CNN"]
    )
    note: Annotated[str, Field(max_length=MAX_NOTE), AfterValidator(_note)] | None = Field(
        None, description="any text; line breaks are kept"
    )
    tags: Tags | None = Field(
        None,
        description="in small letters, each once; a list takes the place of the one before",
        examples=[["keep", "baseline"]],
    )

    def changes(self) -> dict[str, Any]:
        """Column → value, for the fields that were sent; what is empty is stored as null."""
        sent = {field: getattr(self, field) or None for field in self.model_fields_set}
        return sent | ({"tags": sent["tags"] or []} if "tags" in sent else {})
