"""The files of the deployment speak of commands, settings and paths that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from bakeoff import commands as bakeoff_commands
from workers.settings import Settings

ROOT = Path(__file__).parents[1]
BASE, *OVERRIDES = (ROOT / f"docker-compose{n}.yml" for n in ("", ".gpu", ".postgresql"))
VARIABLES = {f"BAKEOFF_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(scope="module")
def commands() -> set[str]:
    return set(typer.main.get_command(bakeoff_commands.app).commands)  # type: ignore[attr-defined]


def read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


def test_the_containers_run_commands_that_exist(commands: set[str]) -> None:
    services = read(BASE)["services"]

    assert {name: service["command"] for name, service in services.items()} == {
        "migrate": ["migrate"],
        "api": ["serve"],
        "worker": ["work"],
    }
    for service in services.values():
        assert service["command"][0] in commands
        check = service.get("healthcheck", {}).get("test", ["CMD", "bakeoff", "check"])
        assert check[:3] == ["CMD", "bakeoff", "check"]
    assert {"check", "migrate", "serve", "work"} <= commands


@pytest.mark.parametrize("override", OVERRIDES, ids=lambda path: path.name)
def test_an_override_changes_services_that_exist(override: Path) -> None:
    added = {"postgresql"}

    assert set(read(override)["services"]) - added <= set(read(BASE)["services"])


def test_only_settings_that_exist_are_set() -> None:
    docs = ROOT / "docs" / "deployment.md"
    for path in (BASE, *OVERRIDES, ROOT / "Dockerfile", docs):
        named = set(re.findall(r"BAKEOFF_[A-Z_]+", path.read_text()))
        assert named <= VARIABLES, path.name
    assert set(re.findall(r"BAKEOFF_[A-Z_]+", docs.read_text())) == VARIABLES


def test_the_service_is_published_on_this_machine_only() -> None:
    assert all(port.startswith("127.0.0.1:") for port in read(BASE)["services"]["api"]["ports"])


def test_the_image_is_made_of_files_that_exist_and_does_not_run_as_root(
    commands: set[str],
) -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    accepted = (ROOT / ".dockerignore").read_text().split()

    assert copied == [
        *("pyproject.toml", "README.md", "LICENSE", "NOTICE"),
        *("bakeoff", "models", "workers", "service"),
    ]
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in accepted
    [user] = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert int(user) > 0
    assert [line for line in lines if line.startswith("CMD")] == ['CMD ["serve"]']
    assert "serve" in commands


def test_the_commands_of_the_documentation_exist(commands: set[str]) -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in pages:
        text = page.read_text()
        shown = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
        shown += "\n".join(re.findall(r"`((?:bakeoff|make) [^`]+)`", text))
        assert set(re.findall(r"\bbakeoff ([a-z]+)", shown)) <= commands, page.name
        assert set(re.findall(r"\bmake ([a-z-]+)", shown)) <= targets, page.name


def test_a_variable_of_the_makefile_has_one_default() -> None:
    names = re.findall(r"^([A-Z]+) \?=", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert names
    assert len(names) == len(set(names))


def test_the_links_of_the_documentation_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"
