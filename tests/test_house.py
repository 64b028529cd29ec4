"""The plan of the code base: every package has its place in an import contract. Part of `make check`."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    ".".join(path.parent.relative_to(ROOT).parts)
    for top in ("bakeoff", "service", "workers", "models")
    for path in (ROOT / top).rglob("__init__.py")
)


def contracts() -> list[dict[str, Any]]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return configuration["tool"]["importlinter"]["contracts"]


def named_by(contract: dict[str, Any]) -> set[str]:
    """The modules that a contract names: its containers and their layers, or its sources."""
    containers = contract.get("containers", [])
    layers = {name for layer in contract.get("layers", []) for name in re.split(r"[|:]", layer)}
    parents = [f"{container}." for container in containers] or [""]
    inside = {f"{parent}{name.strip(' ()')}" for parent in parents for name in layers}
    return {*containers, *inside, *contract.get("source_modules", [])}


@pytest.mark.parametrize("package", PACKAGES)
def test_an_import_contract_names_every_package(package: str) -> None:
    assert any(package in named_by(contract) for contract in contracts()), (
        f"no import contract of pyproject.toml names {package}: say what it may import, best as a"
        " layer of the package it is in, with `exhaustive = true`"
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_what_it_is_for(package: str) -> None:
    first = (ROOT.joinpath(*package.split(".")) / "__init__.py").read_text().partition("\n")[0]

    assert re.fullmatch(r'"""[A-Z/].*[^"]("""|\.)?', first), f"{package}: {first!r}"
