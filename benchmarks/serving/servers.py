"""The servers that are measured, and how one is started and stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from benchmarks.ports import free_port
from benchmarks.printed import ROOT

OURS, PLAIN, LITSERVE, MLSERVER = "Bakeoff", "FastAPI + eager torch", "LitServe", "MLServer"
MLSERVER_PYTHON = ROOT / ".venv-mlserver" / "bin" / "python"  # it needs an older FastAPI
START_SECONDS = 120  # that a server may take until it is ready
READY = "/health/ready"
V2 = ", v2"  # behind the names of bodies in the form of the Open Inference Protocol


@dataclass(frozen=True)
class Server:
    """A server: how it is started, where it is asked, and where it says that it is ready."""

    name: str
    command: list[str]
    path: str
    ready: str
    form: str = ""  # of the JSON, where it takes another than the rest


def prediction_path(model_id: str) -> str:
    """Where our service is asked for predictions."""
    return f"/v1/models/{model_id}/predictions"


def ours_and_peers(model_id: str) -> list[Server]:
    """Ours and the peers, in the order they take turns."""
    python, peers = [sys.executable, "-m"], "benchmarks.serving.peers"
    servers = [
        Server(OURS, [*python, "bakeoff", "serve", "--port"], prediction_path(model_id), READY),
        Server(PLAIN, [*python, f"{peers}.plain_fastapi"], "/predict", "/empty"),
        Server(LITSERVE, [*python, f"{peers}.lit_serve"], "/predict", "/health"),
    ]
    if MLSERVER_PYTHON.exists():
        command = [str(MLSERVER_PYTHON), "-m", f"{peers}.ml_server"]
        path = "/v2/models/classifier"
        servers.append(Server(MLSERVER, command, f"{path}/infer", f"{path}/ready", V2))
    return servers


def without(part: str, model_id: str) -> Server:
    """Our service without a part of `service.overload`."""
    command = [sys.executable, "-m", "benchmarks.serving.ablated", part]
    return Server(part, command, prediction_path(model_id), READY)


@contextmanager
def started(server: Server, folder: Path) -> Iterator[tuple[str, int]]:
    """The server up, alone: its address, and the number of its process."""
    port = free_port()
    environment = {
        **os.environ,
        "BAKEOFF_DATA": str(folder / "data"),
        "BAKEOFF_DEVICE": "cpu",
        "BENCH_MODEL": str(folder / "model.json"),
        "BENCH_WEIGHTS": str(folder / "weights.safetensors"),
        "PYTHONPATH": str(ROOT),
    }
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [*server.command, str(port)],
            env=environment,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(f"{url}{server.ready}", process)
        yield url, process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):  # LitServe leaves a process behind that never rests
            os.killpg(process.pid, signal.SIGKILL)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when it answers with 200."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=5).status_code == HTTPStatus.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} is not ready; are the peers installed? make bench-serving does it")
