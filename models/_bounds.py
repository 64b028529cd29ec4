"""What a number may be, written beside it: `epochs: Annotated[int, Bounds("passes", 1, 1000)]`."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bounds:
    """The meaning of an option, with its lowest and highest value (both included).

    The hooks let pydantic, where it is installed, enforce and document the bounds; this module does
    not import it, so that training code runs where only torch is. A form made of such annotations
    is checked once, at the door of the API.
    """

    description: str
    low: float | None = None
    high: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Enforce the bounds; see pydantic's "Customizing validation with annotations"."""
        schema = handler(source)
        if self.low is not None:
            schema["ge"] = self.low
        if self.high is not None:
            schema["le"] = self.high
        if schema["type"] == "float":
            schema["allow_inf_nan"] = False
        return schema

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        """Show the description in the API's schema."""
        return {**handler(schema), "description": self.description}
