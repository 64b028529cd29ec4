"""The Jinja environment of templates that write documents."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


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
