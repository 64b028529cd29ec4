"""Folders of which each file is one entry, such as a format: an entry is found because its file is there.

Files with a leading underscore are machinery that several entries share.
"""

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType


def entry_names(package_path: Iterable[str]) -> tuple[str, ...]:
    """The names of the entries of a package with this `__path__`, sorted; none is imported."""
    names = (module.name for module in pkgutil.iter_modules(package_path))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def import_entries(package: str, package_path: Iterable[str]) -> dict[str, ModuleType]:
    """Name → module of every entry of `package`, sorted by name."""
    return {name: import_module(f"{package}.{name}") for name in entry_names(package_path)}
