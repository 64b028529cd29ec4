"""What is wrong with JSON, in JSON's words: whoever sends it need not know Python's.

pydantic names the types of Python (dictionary, list, None), and in the place of an error also the
branches of a union.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SHOULD_BE = "Input should be "
OBJECT, ARRAY = f"{SHOULD_BE}an object", f"{SHOULD_BE}an array"

#: pydantic's types of errors whose message has a word of Python.
MESSAGES = {
    "dict_type": OBJECT,
    "mapping_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "dataclass_type": OBJECT,
    "list_type": ARRAY,
    "tuple_type": ARRAY,
    "set_type": ARRAY,
    "frozen_set_type": ARRAY,
    "iterable_type": ARRAY,
    "none_required": f"{SHOULD_BE}null",
    "extra_forbidden": "is no known field",
    "unexpected_keyword_argument": "is no known field",
    "too_short": "Input should have {min_length} or more items, not {actual_length}",
    "too_long": "Input should have {max_length} or fewer items, not {actual_length}",
}


def why_unreadable(error: Exception) -> str:
    """Why bytes could not be read as JSON, to follow 'the body': by json or pydantic_core."""
    if isinstance(error, UnicodeDecodeError):
        return "is not JSON: it is not text in UTF-8"
    if isinstance(error, RecursionError) or "recursion limit" in str(error):
        return "is JSON with too many objects and arrays inside each other"
    if "integer string conversion" in str(error):
        return "is JSON with a number of too many digits"
    return f"is not JSON: {error}"


def message_of(error: Mapping[str, Any]) -> str:
    """An error's message."""
    known = MESSAGES.get(error["type"])
    if known:
        return known.format_map(error.get("ctx", {}))
    return str(error["msg"]).removeprefix("Value error, ")


def place_of(error: Mapping[str, Any], body: object) -> str:
    """Where in a body an error is, as `recipe.epochs` or `seeds.0`; empty for the whole."""
    _, *location = error["loc"]
    if error["loc"][0] != "body":
        return ".".join(map(str, location))
    parts, value, found = list[str](), body, True
    for part in location:
        value, found = _step(value, part)
        if found:
            parts.append(str(part))  # else a branch of a union, as `list[int]`
    if error["type"] == "missing" and not found:
        parts.append(str(location[-1]))
    return ".".join(parts)


def _step(value: Any, part: str | int) -> tuple[Any, bool]:
    """What is at `part` of a value, and whether there is anything; else the value itself."""
    is_there = part in value if isinstance(value, dict) else False
    if isinstance(value, list):
        is_there = isinstance(part, int) and part < len(value)
    return (value[part], True) if is_there else (value, False)


def joined(messages: Iterable[str]) -> str:
    """The messages for one value, of which each branch of a union has its own."""
    first, *others = dict.fromkeys(messages)
    return " or ".join([first, *(other.removeprefix(SHOULD_BE) for other in others)])


def in_json_words(errors: Sequence[Mapping[str, Any]], body: object) -> list[dict[str, str]]:
    """Every wrong place of a request, and what is wrong there."""
    messages: dict[str, list[str]] = {}
    for error in errors:
        messages.setdefault(place_of(error, body) or "body", []).append(message_of(error))
    return [{"at": _text(at), "message": _text(joined(found))} for at, found in messages.items()]


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # JSON can smuggle in half a character
