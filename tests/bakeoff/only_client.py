"""python -m tests.bakeoff.only_client ARGUMENTS: `bakeoff` as where `pip install .` was all.

Of the installed packages only those can be imported that the client asks for, and what they need.
"""

import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def needed(requirements: list[str]) -> Iterator[str]:
    """The distributions that are asked for and, without extras, what they need."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)
            yield from needed(metadata.requires(requirement.name) or [])


class Blocker(MetaPathFinder):
    """Finds no module of other distributions."""

    def __init__(self, allowed: set[str]) -> None:
        self.blocked = {
            module
            for module, distributions in metadata.packages_distributions().items()
            if not {canonicalize_name(name) for name in distributions} & allowed
        }

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        if name.partition(".")[0] in self.blocked:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return None


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    blocker = Blocker({"bakeoff", *needed(project["dependencies"])})
    assert {"torch", "sqlalchemy", "fastapi", "numpy"} <= blocker.blocked
    loaded = {name for name in sys.modules if name.partition(".")[0] in blocker.blocked}
    for name in loaded:  # what reading the metadata needed
        del sys.modules[name]
    sys.meta_path.insert(0, blocker)
    from bakeoff.commands import main

    main()
