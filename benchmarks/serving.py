"""make bench-serving: ours against the servers people would take instead → docs/serving-speed.md.

One network (the assignment's CNN on 28×28), one machine, one load generator in a process of its own,
the servers by turns, one up at a time. The page is written after every round.
"""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import httpx
import numpy as np
import typer
from PIL import Image
from rich.console import Console
from sklearn.datasets import load_digits

from bakeoff.client import Client
from benchmarks import serving_profile
from benchmarks.load import Body, overload, wrk
from benchmarks.results import free_port
from benchmarks.serving_page import (
    EMPTY,
    LITSERVE,
    MLSERVER,
    MLSERVER_PYTHON,
    NUMBERS,
    OURS,
    OVERLOADED,
    PLAIN,
    TARGET,
    TIMES,
    evidence,
    page,
)
from service.commands._processes import running
from workers.settings import Settings

CONNECTIONS = (1, 8, 64)
START_SECONDS = 120  # that a server may take until it is ready
PREDICT = "/v1/models/{id}/predictions"
V2 = ", v2"  # behind the names of bodies in the form of the Open Inference Protocol

Round = dict[str, Any]
Content = tuple[bytes, str, int]  # a body, its media type, images in it


@dataclass(frozen=True)
class Server:
    """A server: how it is started, where it is asked, and where it says that it is ready."""

    name: str
    command: list[str]
    path: str
    ready: str
    form: str = ""  # of the JSON, where it takes another than the rest


def main(
    rounds: Annotated[int, typer.Option(help="Times every server is measured.")] = 3,
    seconds: Annotated[int, typer.Option(help="Of each measurement.")] = 3,
) -> None:
    """Train the network, measure round after round, write the page."""
    known: dict[str, Any] = {"rounds": [], "seconds": seconds, "evidence": evidence()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = train(folder)
        bodies = make_bodies(folder)
        for _ in range(rounds):
            known["rounds"].append(measured(model["id"], bodies, folder, seconds))
            NUMBERS.write_text(json.dumps(known, indent=1) + "\n")
            TARGET.write_text(page(known))
            Console().print(f"round {len(known['rounds'])} written: {TARGET}")


def measured(model_id: str, bodies: dict[str, Body], folder: Path, seconds: int) -> Round:
    """One round: every server, every body, every number of connections."""
    found: Round = {"loads": [], "overloads": [], "profiles": []}
    for server in servers(model_id):
        try:
            one = measured_server(server, bodies, folder, seconds)
        except (RuntimeError, subprocess.SubprocessError, httpx.HTTPError) as error:
            Console().print(f"{server.name}: {error}; once more")
            one = measured_server(server, bodies, folder, seconds)
        for kind in ("loads", "overloads", "profiles"):
            found[kind] += one.pop(kind)
        found |= one
    return found


def measured_server(
    server: Server, bodies: dict[str, Body], folder: Path, seconds: int
) -> dict[str, Any]:
    """Its part of a round."""
    found: Round = {"loads": [], "overloads": [], "profiles": []}
    with started(server, folder) as (url, process_id):
        address = url + server.path
        if server.name == OURS:
            found["overhead_ms"] = idle_overhead(address, bodies["one PNG"])
        for name, connections in cases(server.name):
            at = f"{url}/empty" if name == EMPTY else address
            body = bodies.get(name + server.form)
            wrk(at, body, connections=8, seconds=1, folder=folder)  # warm-up
            load = wrk(at, body, connections=connections, seconds=seconds, folder=folder)
            case = {"server": server.name, "body": name, "connections": connections}
            found["loads"].append(case | asdict(load))
            if server.name == OURS and connections == CONNECTIONS[-1] and name in OVERLOADED:
                rate = TIMES * load.requests_per_second
                over = overload(at, bodies[name], rate=rate, seconds=seconds)
                found["overloads"].append({"body": name, "asked": rate} | asdict(over))
                profile = profiled(process_id, at, body, folder, seconds)
                found["profiles"].append({"body": name, "shares": profile})
    return found


def profiled(
    process_id: int, url: str, body: Body | None, folder: Path, seconds: int
) -> dict[str, float]:
    """Where the time goes under such a load, which the sampling slows down: not while it is timed."""
    with ThreadPoolExecutor() as pool:
        load = pool.submit(
            wrk, url, body, connections=CONNECTIONS[-1], seconds=seconds + 1, folder=folder
        )
        found = serving_profile.shares(process_id, seconds)
        load.result()
    return found


def cases(server: str) -> list[tuple[str, int]]:
    """What is measured of a server: bodies, over so many connections."""
    every = [(body, connections) for body in ("one PNG", "64 PNG") for connections in CONNECTIONS]
    if server == OURS:
        return [*every, ("one PNG, raw", 64), ("64 images, .npy", 64)]
    if server == PLAIN:
        return [*every, *((EMPTY, connections) for connections in CONNECTIONS)]
    return every


def train(folder: Path) -> dict[str, Any]:
    """A CNN for 28×28, made by the service itself; its description and weights lie in `folder`."""
    settings = Settings(data=folder / "data", port=free_port(), device="cpu")
    images, labels = load_digits(return_X_y=True)
    large = [
        np.asarray(Image.fromarray(one.reshape(8, 8).astype(np.uint8) * 15).resize((28, 28)))
        for one in images
    ]
    written = io.BytesIO()
    pixels, half = np.stack(large), len(labels) // 2
    np.savez(
        written,
        x_train=pixels[:half],
        y_train=labels[:half],
        x_test=pixels[half:],
        y_test=labels[half:],
    )
    with running(settings, log_folder=folder) as up, Client(up.url) as client:
        address = f"{up.url}/v1/datasets/enlarged"
        httpx.put(address, content=written.getvalue(), timeout=60).raise_for_status()
        asked = client.compare("enlarged", ["cnn"], recipe={"epochs": 2}, seeds=1)
        *_, ended = client.follow(asked["id"])
        model: dict[str, Any] = client.model(ended["jobs"][0]["model_id"])
        (folder / "weights.safetensors").write_bytes(client.weights(model["id"]))
    (folder / "model.json").write_text(json.dumps(model))
    return model


def make_bodies(folder: Path) -> dict[str, Body]:
    """What is sent: every server takes JSON; the others are for ours alone."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (64, 28, 28), dtype=np.uint8)
    files = []
    for one in pixels:
        written = io.BytesIO()
        Image.fromarray(one).save(written, "PNG")
        files.append(written.getvalue())
    encoded = [base64.b64encode(one).decode() for one in files]
    array = io.BytesIO()
    np.save(array, pixels)
    contents = {
        **_json("", lambda images: {"images": images}, encoded),
        **_json(V2, _tensor, encoded),
        "one PNG, raw": (files[0], "image/png", 1),
        "64 images, .npy": (array.getvalue(), "application/x-npy", 64),
    }
    made = {}
    for number, (name, (content, kind, images)) in enumerate(contents.items()):
        path = folder / f"body-{number}"
        path.write_bytes(content)
        made[name] = Body(path, kind, images)
    return made


def _json(form: str, wrapped: Callable[[list[str]], Any], images: list[str]) -> dict[str, Content]:
    return {
        f"{name}{form}": (json.dumps(wrapped(some)).encode(), "application/json", len(some))
        for name, some in (("one PNG", images[:1]), ("64 PNG", images))
    }


def _tensor(images: list[str]) -> dict[str, Any]:
    """As the Open Inference Protocol has it."""
    tensor = {"name": "images", "datatype": "BYTES", "shape": [len(images)], "data": images}
    return {"inputs": [tensor]}


def servers(model_id: str) -> list[Server]:
    """Ours and the peers, in the order they take turns."""
    python, peers = [sys.executable, "-m"], "benchmarks.peers"
    ours = PREDICT.format(id=model_id)
    found = [
        Server(OURS, [*python, "bakeoff", "serve", "--port"], ours, "/health/ready"),
        Server(PLAIN, [*python, f"{peers}.plain_fastapi"], "/predict", "/empty"),
        Server(LITSERVE, [*python, f"{peers}.lit_serve"], "/predict", "/health"),
    ]
    if MLSERVER_PYTHON.exists():
        command = [str(MLSERVER_PYTHON), "-m", f"{peers}.ml_server"]
        path = "/v2/models/classifier"
        found.append(Server(MLSERVER, command, f"{path}/infer", f"{path}/ready", V2))
    return found


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
        "PYTHONPATH": str(Path(__file__).parents[1]),
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
        wait_until_ready(f"{url}{server.ready}", process)
        yield url, process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):  # what it left: LitServe leaves one that never rests
            os.killpg(process.pid, signal.SIGKILL)


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
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


def idle_overhead(url: str, body: Body) -> list[float]:
    """Milliseconds of total − decode − forward, as the answers say it, one request at a time."""
    found = []
    with httpx.Client() as client:
        for _ in range(200):
            answer = client.post(
                url, content=body.path.read_bytes(), headers={"Content-Type": body.kind}
            )
            latency = answer.json()["latency_ms"]
            found.append(latency["total"] - latency["decode"] - latency["forward"])
    return found


if __name__ == "__main__":
    typer.run(main)
