"""What an option may be, written beside it: `epochs: Annotated[int, Bounds("passes", 1, 1000)]`."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bounds:
    """The meaning of an option, with its lowest and highest value (both included).

    `omitted_at_default` marks an option that was added after values without it had been stored. At
    its default it is neither stored nor hashed, so that what was stored before stays equal to what
    is asked for now. The default of such an option never changes.

    The hooks let pydantic, where it is installed, enforce and document the bounds; this module does
    not import it, so that training code runs where only torch is. A form made of such annotations
    is checked once, when a request arrives.
    """

    description: str
    low: float | None = None
    high: float | None = None
    omitted_at_default: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Enforce the bounds; see pydantic's "Customizing validation with annotations"."""
        schema = handler(source)
        if self.low is not None:
            schema["ge"] = self.low
        if self.high is not None:
            schema["le"] = self.high
        if schema["type"] == "float":
            schema["allow_inf_nan"] = False
        for choice in schema.get("choices", [schema]):  # of a union
            if choice["type"] in {"int", "float", "bool"}:
                choice["strict"] = True  # else true would be 1, and "5" a number
        if schema["type"] == "literal" and not any(map(_is_bool, schema["expected"])):
            function = {"type": "no-info", "function": _bool_as_text}
            return {"type": "function-before", "function": function, "schema": schema}
        return schema

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        """Show the description in the API's schema."""
        return {**handler(schema), "description": self.description}


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _bool_as_text(value: Any) -> Any:
    """A boolean as text, which is none of the numbers of a Literal: True would equal 1."""
    return str(value) if _is_bool(value) else value


def omitted_options(function: Callable[..., Any], values: Mapping[str, Any]) -> set[str]:
    """The options of `function` that are not stored: marked `omitted_at_default`, and at it.

    `function` is an architecture or a dataclass, `values` has a value for each of its options.
    """
    return {
        name
        for name, option in inspect.signature(function).parameters.items()
        if _is_omitted_at_default(option.annotation) and values[name] == option.default
    }


def _is_omitted_at_default(annotation: Any) -> bool:
    metadata = getattr(annotation, "__metadata__", ())
    return any(isinstance(item, Bounds) and item.omitted_at_default for item in metadata)
