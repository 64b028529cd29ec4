"""Where the time of a service under load goes: samples of its stacks, taken by py-spy from outside."""

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

RATE = 200  # samples a second
NAMED = 10  # places
PACKAGES = "/site-packages/"
WAITING = ("concurrent/futures/thread.py", "threading.py")  # py-spy takes some waits for work
EVENT_LOOP = "asyncio/runners.py"  # below which uvloop's own code runs, sockets and all


def shares(process_id: int, seconds: int) -> dict[str, float]:
    """Share of the process's busy samples by module, the innermost that is running; largest first."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = Path(folder) / "stacks"
        program = str(Path(sys.executable).with_name("py-spy"))
        what = ["--pid", str(process_id), "--duration", str(seconds), "--rate", str(RATE)]
        written = ["--format", "raw", "--full-filenames", "--output", str(stacks)]
        subprocess.run(  # noqa: S603 - installed beside our own interpreter
            [program, "record", *what, *written], check=True, capture_output=True
        )
        samples = [line.rpartition(" ") for line in stacks.read_text().splitlines()]
    counted: Counter[str] = Counter()
    for stack, _, number in samples:
        file = stack.rpartition(";")[2].partition(" (")[2].rpartition(":")[0]
        if not file.endswith(WAITING):
            counted[_place(file)] += int(number)
    return {place: n / counted.total() for place, n in counted.most_common(NAMED)}


def _place(file: str) -> str:
    """`/…/site-packages/uvicorn/protocols/http/x.py` → `uvicorn`; our own modules whole."""
    _, installed, inside = file.rpartition(PACKAGES)
    if installed:
        return inside.partition("/")[0].removesuffix(".py")
    _, ours, module = file.rpartition("/service/")
    if ours:
        return f"service.{module.removesuffix('.py').replace('/', '.')}"
    return "uvloop" if file.endswith(EVENT_LOOP) else "Python's own"
