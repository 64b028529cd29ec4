"""What `make audit` makes of the answers of pip-audit: a hole that is mended fails, silence does not."""

import json
import subprocess
from typing import Any

import pytest

from tests import vulnerabilities

SOUND = {"name": "idna", "version": "3.20", "vulns": []}
HOLE = {"id": "PYSEC-1", "fix_versions": [], "aliases": [], "description": ""}
OPEN = {"name": "old", "version": "1", "vulns": [HOLE]}
MENDED = {"name": "old", "version": "1", "vulns": [{**HOLE, "fix_versions": ["2"]}]}
UNKNOWN = {"name": "idna", "skip_reason": "not found on PyPI"}


def answered(packages: list[dict[str, Any]]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("printed", "status", "said"),
    [
        (answered([SOUND]), 0, "1 of 1 packages audited"),
        (answered([SOUND, OPEN]), 0, "old 1: PYSEC-1, not mended by any version yet"),
        (answered([SOUND, MENDED]), 1, "old 1: PYSEC-1, mended in 2"),
        (answered([UNKNOWN]), 0, "SKIPPED: no package was audited"),
        ("", 0, "SKIPPED: no package was audited for vulnerabilities: connection refused"),
        (None, 0, "SKIPPED: no package was audited"),
    ],
)
def test_only_what_a_newer_version_mends_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    printed: str | None,
    status: int,
    said: str,
) -> None:
    def run(command: Any, **options: Any) -> subprocess.CompletedProcess[str]:
        if printed is None:
            raise subprocess.TimeoutExpired(command, options["timeout"])
        return subprocess.CompletedProcess(command, 1, printed, "a trace\nconnection refused\n")

    monkeypatch.setattr(vulnerabilities.subprocess, "run", run)

    assert vulnerabilities.main() == status
    assert said in "".join(capsys.readouterr())
