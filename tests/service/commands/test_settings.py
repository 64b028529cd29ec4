"""What `bakeoff settings` prints of the settings of this process."""

import pytest
from typer.testing import CliRunner

from service.commands.settings import app
from workers.settings import settings


def test_no_password_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("BAKEOFF_DATABASE_URL", "postgresql+psycopg://me:passphrase@host/bakeoff")
    monkeypatch.setenv("BAKEOFF_ARTIFACTS_URL", "s3://me:other-phrase@bucket/folder")
    settings.cache_clear()
    try:
        said = CliRunner().invoke(app).stdout
    finally:
        settings.cache_clear()

    assert "postgresql+psycopg://[hidden]@host/bakeoff" in said
    assert "s3://[hidden]@bucket/folder" in said
    assert "phrase" not in said
