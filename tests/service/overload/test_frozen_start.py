"""What was imported at the start is no garbage, and is not looked through again."""

import subprocess
import sys

PROGRAM = """
import gc
from service.overload import frozen_start
frozen_start.install(None)
assert gc.get_freeze_count() > 1_000
assert gc.get_threshold()[0] == frozen_start.YOUNG_OBJECTS
"""


def test_a_process_is_frozen_when_it_has_started():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=120)
