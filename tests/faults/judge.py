"""python -m tests.faults.judge: run the test that must catch each mutant, and print what it said.

Everything is imported once; each mutant is planted, and its test run, in a fork of this process.
"""

import gc
import json
import os
import sys
import tempfile
from typing import NamedTuple

import pytest

from tests import conftest  # noqa: F401 - brings hypothesis, of which a fork would import its own
from tests.faults.mutants import MUTANTS, SIMULATOR, Mutant, planted
from workers.running.preload import preload

OPTIONS = (
    *("-x", "-q", "-k", "not postgresql"),
    *(
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        "-p",
        "no:anyio",
    ),  # plugins of no use to them
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of what is imported already
)


class Verdict(NamedTuple):
    """How pytest ended with a mutant planted, and what it said."""

    exit_code: int
    said: str


def judge(mutant: Mutant) -> Verdict:
    """The verdict of the test that must catch this mutant, on SQLite."""
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), sys.stdout.fileno())
            code: int = pytest.ExitCode.INTERNAL_ERROR  # should it never come to a test
            try:
                with planted(mutant):
                    code = pytest.main([*OPTIONS, mutant.caught_by])
                sys.stdout.flush()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return Verdict(os.waitstatus_to_exitcode(status), said.read())


if __name__ == "__main__":
    preload()
    gc.freeze()  # pytest collects garbage when it ends, and need not look through all of this
    judged = {mutant.name: judge(mutant) for mutant in MUTANTS if mutant.caught_by != SIMULATOR}
    sys.stdout.write(json.dumps(judged))
