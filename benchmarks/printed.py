"""Run a program of the benchmarks in a process of its own and read what it prints as JSON."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def printed(module: str, *arguments: str) -> dict[str, Any]:
    """The last line that `python -m benchmarks.<module>` prints, decoded."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    ended = subprocess.run(  # noqa: S603 - our own modules
        command, cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found
