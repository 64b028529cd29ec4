"""Commands as they are typed, against the trained installation."""

import pytest
from typer.testing import CliRunner

from bakeoff import commands


@pytest.fixture
def bakeoff(address, monkeypatch):
    """Runs a command against the trained installation and returns what it prints."""
    monkeypatch.setenv("BAKEOFF_URL", address)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str, exit_code: int = 0) -> str:
        ended = CliRunner().invoke(commands.app, list(arguments), catch_exceptions=False)
        assert ended.exit_code == exit_code, ended.output
        return ended.output

    return run
