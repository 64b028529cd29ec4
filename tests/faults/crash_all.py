"""python -m tests.faults.crash_all [HOST]: crash at every point, and print what came of it as JSON.

On SQLite, or once at every point on the PostgreSQL server at HOST.
"""

import json
import sys

from tests.faults.crashing import survive_all

if __name__ == "__main__":
    host = sys.argv[1] if sys.argv[1:] else None
    survived = survive_all([1] if host else [1, 3], host=host)
    sys.stdout.write(json.dumps([result._asdict() for result in survived]))
