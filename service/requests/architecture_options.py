"""The options of an architecture as a form: from its signature, checked once, at the door."""

import difflib
import functools
import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from models import architectures
from workers.errors import BakeoffError


class OptionError(BakeoffError):
    """An option an architecture does not take, or a value it does not accept."""


@functools.cache
def options_form(architecture: str) -> type[BaseModel]:
    """The form of an architecture's options: its keyword-only parameters, typed and bounded."""
    parameters = inspect.signature(architectures[architecture]).parameters.values()
    fields: dict[str, Any] = {
        one.name: (one.annotation, one.default)
        for one in parameters
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    }
    return create_model(f"{architecture}_options", __config__=ConfigDict(extra="forbid"), **fields)


def validate_options(architecture: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """All options with their defaults filled in, as JSON; OptionError says what is accepted."""
    form = options_form(architecture)
    known = sorted(form.model_fields)
    for name in options:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{nearest[0]}'?" if nearest else f"it takes: {', '.join(known)}"
            hint = hint if known else "it takes no options"
            raise OptionError(f"architecture '{architecture}' has no option '{name}'; {hint}")
    try:
        return form.model_validate(dict(options)).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OptionError(f"option '{where}' of '{architecture}': {first['msg']}") from None


def options_schema(architecture: str) -> dict[str, Any]:
    """The options as JSON schema, with defaults, bounds and meanings."""
    return options_form(architecture).model_json_schema()
