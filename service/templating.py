"""The Jinja environment of templates that write documents."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

#: What means something to Markdown, and to HTML in it; an underscore within a word does not.
MARKDOWN = re.compile(r"([\\`*\[\]<>|~#&!$]|(?<![^\W_])_|_(?![^\W_]))")


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is, in a table too."""
    return MARKDOWN.sub(r"\\\1", text)


def template_environment(package: str, filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """An environment of the templates in the folder `templates` of a package.

    HTML is escaped, and a name that is not given is an error.
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters)
    return environment
