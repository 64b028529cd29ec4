"""The registry of functions that a package holds: architectures, datasets, engines, charts."""

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

Registered = TypeVar("Registered", bound=Callable[..., Any])

MAX_SHOWN = 20  # names that an error lists


class UnknownNameError(LookupError):
    """Nothing is registered under this name; the message suggests the nearest known name."""

    def __init__(self, kind: str, name: str, known: list[str], *, prefix: str = "") -> None:
        """`prefix` begins the name and all known ones, so that it makes none of them more alike."""
        self.name = name
        self.known = known
        bare = {each.lower().removeprefix(prefix): each for each in known}
        asked = name.lower().removeprefix(prefix)
        found = difflib.get_close_matches(asked, bare, n=1, cutoff=0.5)
        nearest = [bare[each] for each in found]
        shown = ", ".join(known[:MAX_SHOWN]) + (", …" if len(known) > MAX_SHOWN else "")
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"known are: {shown}"
        super().__init__(f"unknown {kind} '{name}'; {hint}")


class Registry(Mapping[str, Registered], Generic[Registered]):
    """A sorted mapping from a function's name to the function.

    A function is added by decorator and its docstring is its catalogue entry. Every module of
    `package` is imported on first use, so adding an entry means adding a file.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._entries: dict[str, Registered] = {}
        self._discovered = False

    def register(self, function: Registered) -> Registered:
        """Add `function` under its own name, which must be new, with a docstring."""
        name = function.__name__
        if name in self._entries:
            raise ValueError(f"{self.kind} '{name}' is registered twice")
        if not inspect.getdoc(function):
            raise ValueError(f"{self.kind} '{name}' has no docstring, which is its catalogue entry")
        self._entries[name] = function
        return function

    def description(self, name: str) -> str:
        """The docstring of an entry, as the API serves it."""
        return inspect.getdoc(self[name]) or ""

    def __getitem__(self, name: str) -> Registered:
        self._discover()
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownNameError(self.kind, name, list(self)) from None

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        self._discover()
        return iter(sorted(self._entries))

    def __len__(self) -> int:
        self._discover()
        return len(self._entries)

    def _discover(self) -> None:
        if self._discovered:
            return
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__, f"{self.package}."):
            importlib.import_module(module.name)
        self._discovered = True
