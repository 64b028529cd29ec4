"""Load from a process of its own: wrk, which must be installed (Debian's package `wrk`), or open_loop."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# What wrk sends, and what it prints when it is done.
SCRIPT = """
wrk.method = "{method}"
wrk.headers["Content-Type"] = "{kind}"
local file = io.open("{body}", "rb")
wrk.body = file:read("*all")
file:close()
function done(summary, latency, requests)
  io.write(string.format('\\n{{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d,'
    .. ' "status": %d, "socket": %d}}\\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


class LoadError(RuntimeError):
    """The load cannot be made."""


@dataclass(frozen=True)
class Body:
    """What is sent: a file, of which media type, and how many images are in it."""

    path: Path
    kind: str
    images: int


@dataclass(frozen=True)
class LoadResult:
    """The result: answers with 200 a second, p50 and p99 in milliseconds, and counts of the others.

    `wrk` takes the milliseconds of all answers, and counts every status from 400 on as refused;
    `overload` takes those of answers with 200, and tells 429 from server errors.
    """

    requests_per_second: float
    p50: float
    p99: float
    refused: int
    broken: int
    server_errors: int = 0


def wrk(url: str, body: Body | None, *, connections: int, seconds: int, folder: Path) -> LoadResult:
    """Send the body again and again over so many connections; GET where there is none."""
    program = shutil.which("wrk")
    if program is None:
        raise LoadError("wrk is not installed: apt-get install wrk")
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "--latency"]
    script = folder / "wrk.lua"
    empty = folder / "empty"
    empty.write_bytes(b"")
    method, kind, path = ("POST", body.kind, body.path) if body else ("GET", "text/plain", empty)
    script.write_text(SCRIPT.format(method=method, kind=kind, body=path))
    shown = subprocess.run(  # noqa: S603 - our own arguments
        [*command, "-s", str(script), url], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"^\{.*\}$", shown, re.MULTILINE)
    if found is None:
        raise LoadError(f"wrk printed something else: {shown[-500:]}")
    printed = json.loads(found.group())
    answered = printed["requests"] - printed["status"]
    return LoadResult(
        requests_per_second=1e6 * answered / printed["microseconds"],
        p50=printed["p50"] / 1e3,
        p99=printed["p99"] / 1e3,
        refused=printed["status"],
        broken=printed["socket"],
    )


def overload(url: str, body: Body, *, rate: float, seconds: int) -> LoadResult:
    """Send the body so many times a second, whether or not those before have been answered."""
    command = [sys.executable, "-m", "benchmarks.serving.open_loop"]
    arguments = [url, str(body.path), body.kind, str(rate), str(seconds)]
    shown = subprocess.run(  # noqa: S603 - our own interpreter and module
        [*command, *arguments], capture_output=True, text=True, check=True
    ).stdout
    return LoadResult(**json.loads(shown))
