"""What the client imports, and what it says where the server is not installed."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bakeoff.terminal.server_commands import SERVER_COMMANDS
from service import commands as service_commands

ROOT = Path(__file__).parents[2]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def only_client(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`bakeoff ARGUMENTS` as where `pip install .` was all."""
    return python("-m", "tests.bakeoff.only_client", *arguments, **environment)


def imported(code: str) -> set[str]:
    """The modules that are loaded when `code` has run."""
    ended = python("-c", f"{code}\nimport sys; print(*sys.modules, file=sys.stderr)")
    assert ended.returncode == 0, ended.stderr
    return {name.partition(".")[0] for name in ended.stderr.split()}


def test_help_imports_nothing_of_the_server_and_no_http():
    run = "import sys; sys.argv = ['bakeoff', '--help']\nfrom bakeoff.commands import main"
    modules = imported(f"{run}\ntry: main()\nexcept SystemExit: pass")

    heavy = {"service", "workers", "models", "torch", "sqlalchemy", "numpy", "fastapi", "pandas"}
    assert not modules & (heavy | {"httpx"})


def test_the_client_imports_what_it_needs_alone():
    modules = imported("from bakeoff import Client; Client()")

    assert "httpx" in modules
    assert not modules & {"service", "workers", "models", "torch", "sqlalchemy", "numpy", "pandas"}


def test_help_and_client_commands_work_without_the_server(address):
    shown = only_client("--help")
    assert shown.returncode == 0, shown.stderr
    assert all(name in shown.stdout for name in ("compare", "jobs", *SERVER_COMMANDS))

    listed = only_client("jobs", BAKEOFF_URL=address)
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.count("succeeded") == 4


@pytest.mark.parametrize("name", SERVER_COMMANDS)
def test_a_command_of_the_server_says_in_a_sentence_what_to_install(name):
    ended = only_client(name, "--help")

    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith(f"bakeoff: '{name}' needs the server")
    assert "pip install '.[server]'" in line


def test_the_list_of_server_commands_is_that_of_their_files():
    folder = Path(service_commands.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}

    assert files == set(SERVER_COMMANDS)


@pytest.mark.parametrize("name", SERVER_COMMANDS)
def test_a_server_command_helps_with_the_words_of_the_list(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    command = importlib.import_module(f"service.commands.{name}")
    shown = CliRunner().invoke(command.app, ["--help"]).stdout

    assert SERVER_COMMANDS[name] in " ".join(shown.split())


def test_the_help_of_a_server_command_is_its_own():
    ended = python("-m", "bakeoff", "check", "--help")

    assert ended.returncode == 0, ended.stderr
    assert "Usage: bakeoff check [OPTIONS]" in ended.stdout
    assert "what to check on this machine" in ended.stdout


def test_a_worker_is_started_without_torch():
    modules = imported("import service.commands.work, service.commands.check")

    assert not modules & {"torch", "numpy", "fastapi", "uvicorn"}
