"""Every planted bug is caught; nothing is caught where none is planted."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.faults.mutants import MUTANTS, SIMULATOR, Mutant, planted
from tests.faults.simulator import simulate

pytestmark = pytest.mark.timeout(900)  # a busy machine has its time

MAX_SEEDS = 400  # within which the simulator finds each of its mutants


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged() -> dict[str, Any]:
    """Mutant → exit code of the test that must catch it, and what that said."""
    command = [sys.executable, "-m", "tests.faults.judge"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    verdicts: dict[str, Any] = json.loads(ended.stdout)
    return verdicts


@pytest.mark.parametrize(
    "mutant",
    [mutant for mutant in MUTANTS if mutant.caught_by == SIMULATOR],
    ids=lambda mutant: mutant.name,
)
def test_the_simulator_catches(mutant: Mutant) -> None:
    with planted(mutant):
        seeds = sorted(range(MAX_SEEDS), key=lambda seed: seed != mutant.seed)  # that one first
        assert any(simulate(seed).violations for seed in seeds)


@pytest.mark.parametrize(
    "mutant",
    [mutant for mutant in MUTANTS if mutant.caught_by != SIMULATOR],
    ids=lambda mutant: mutant.name,
)
def test_its_test_catches(mutant: Mutant, judged: dict[str, Any]) -> None:
    exit_code, said = judged[mutant.name]

    assert exit_code == pytest.ExitCode.TESTS_FAILED, said
