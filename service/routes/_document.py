"""What documents of the API that show a row of the database have in common."""

from typing import Any, Self

from pydantic import BaseModel


class Document(BaseModel):
    """A JSON document whose fields are attributes of an object, such as a row, or are computed."""

    @classmethod
    def from_attributes(cls, source: object, /, **computed: Any) -> Self:
        """Every field has the value that is computed for it, or else that of the same attribute."""
        names = cls.model_fields.keys() - computed.keys()
        return cls.model_validate({name: getattr(source, name) for name in names} | computed)
