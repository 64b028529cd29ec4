"""python -m tests.reliability.judge: run the test that must catch each mutant, and print what it said.

Everything is imported once; each mutant is planted, and its test run, in a fork of this process.
"""

import json
import os
import sys
import tempfile
from typing import NamedTuple

import pytest

from tests.reliability.mutants import MUTANTS, SIMULATOR, Mutant, planted
from workers import preload


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
            with planted(mutant):
                code = pytest.main(
                    ["-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", mutant.caught_by]
                )
            sys.stdout.flush()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return Verdict(os.waitstatus_to_exitcode(status), said.read())


if __name__ == "__main__":
    assert preload.PRELOADED  # what a test of theirs would import, torch above all
    judged = {one.name: judge(one) for one in MUTANTS if one.caught_by != SIMULATOR}
    sys.stdout.write(json.dumps(judged))
