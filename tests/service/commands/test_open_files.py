"""A service raises its limit of open files: each stream that somebody listens to is one."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource
from service.commands._open_files import raise_limit

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128))
raise_limit()
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_soft_limit_is_raised_to_the_hard_limit() -> None:
    pytest.importorskip("resource")

    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )

    assert printed.stdout.strip() == "(128, 128)"
