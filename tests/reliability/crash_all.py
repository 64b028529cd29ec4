"""python -m tests.reliability.crash_all: crash at every point, and print what came of it as JSON."""

import json
import sys

from tests.reliability.crashing import survive_all

if __name__ == "__main__":
    sys.stdout.write(json.dumps([one._asdict() for one in survive_all([1, 3])]))
