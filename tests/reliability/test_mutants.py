"""Every planted bug is caught; nothing is caught where none is planted."""

import os
import subprocess
import sys

import pytest

from tests.reliability.mutants import MUTANTS, SIMULATOR, Mutant, planted
from tests.reliability.simulator import simulate

pytestmark = pytest.mark.timeout(900)  # a busy machine has its time

MOST_SEEDS = 400  # within which the simulator finds each of its mutants


@pytest.mark.parametrize(
    "mutant", [one for one in MUTANTS if one.caught_by == SIMULATOR], ids=lambda one: one.name
)
def test_the_simulator_catches(mutant: Mutant) -> None:
    with planted(mutant):
        assert any(simulate(seed).violations for seed in range(MOST_SEEDS))


@pytest.mark.parametrize(
    "mutant", [one for one in MUTANTS if one.caught_by != SIMULATOR], ids=lambda one: one.name
)
def test_its_test_catches(mutant: Mutant) -> None:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.reliability.mutants"]
    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-k", "not postgresql", mutant.caught_by],
        env={**os.environ, "BAKEOFF_MUTANT": mutant.name, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == pytest.ExitCode.TESTS_FAILED, ended.stdout
