"""The options of an architecture as a form: read from its signature, checked once per request."""

import difflib
import functools
import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from models import Bounds, architectures, omitted_options
from service.json_words import joined, message_of
from workers.errors import BakeoffError


class OptionError(BakeoffError):
    """An option an architecture does not take, or a value it does not accept."""


def options_form(architecture: str) -> type[BaseModel]:
    """The form of an architecture's options: its keyword-only parameters, typed and bounded."""
    parameters = inspect.signature(architectures[architecture]).parameters.values()
    return _form_of(
        tuple(
            (parameter.name, parameter.annotation, parameter.default)
            for parameter in parameters
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        )
    )


@functools.cache
def _form_of(options: tuple[tuple[str, Any, Any], ...]) -> type[BaseModel]:
    """The form of some options, each a name, an annotation and a default.

    Architectures with the same options share it, as most networks of timm do.
    """
    fields: dict[str, Any] = {name: (annotation, default) for name, annotation, default in options}
    return create_model("Options", __config__=ConfigDict(extra="forbid"), **fields)


def validate_options(architecture: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as they are stored: JSON, with the defaults that `Bounds` does not omit.

    OptionError says what is accepted.
    """
    form = options_form(architecture)
    _refuse_unknown(architecture, options, known=sorted(form.model_fields))
    try:
        validated = form.model_validate(dict(options))
    except ValidationError as error:
        raise OptionError(_describe(architecture, form, error)) from None
    omitted = omitted_options(architectures[architecture], vars(validated))
    return validated.model_dump(mode="json", exclude=omitted)


def options_schema(architecture: str) -> dict[str, Any]:
    """The options as JSON schema, with defaults, bounds and meanings."""
    return {**options_form(architecture).model_json_schema(), "title": f"{architecture}_options"}


def _describe(architecture: str, form: type[BaseModel], error: ValidationError) -> str:
    """The first option that is refused, and what is accepted."""
    errors = error.errors()
    option, *inside = errors[0]["loc"]
    of_option = f"option '{'.'.join(map(str, errors[0]['loc']))}' of '{architecture}'"
    if not any(isinstance(part, str) for part in inside):
        return f"{of_option}: {message_of(errors[0])}"
    # An option of several types has an error for each, in whose place is the type.
    accepted = joined(message_of(each) for each in errors if each["loc"][0] == option)
    meaning = next(
        item.description
        for item in form.model_fields[str(option)].metadata
        if isinstance(item, Bounds)
    )
    return f"option '{option}' of '{architecture}': {accepted}; it means {meaning}"


def _refuse_unknown(architecture: str, options: Mapping[str, Any], *, known: list[str]) -> None:
    for name in options:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{nearest[0]}'?" if nearest else f"it takes: {', '.join(known)}"
            hint = hint if known else "it takes no options"
            raise OptionError(f"architecture '{architecture}' has no option '{name}'; {hint}")
