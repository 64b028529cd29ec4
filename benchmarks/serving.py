"""make bench-serving: ours against the servers people would take instead → docs/serving-results.md.

One network (the assignment's CNN on 28×28), one machine, one load generator in a process of its own,
the servers by turns, one up at a time.
"""

import base64
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image
from rich.console import Console
from sklearn.datasets import load_digits

from benchmarks.load import Body, Load, wrk
from benchmarks.results import free_port
from service.cli.processes import running
from service.client import Client
from workers.settings import Settings
from workers.training.device import device_name, resolve

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = int(os.environ.get("SECONDS", "4"))
CONNECTIONS = (1, 8, 64)
OVERLOAD = 1024  # connections: twice as many as are let in at once
TARGET = Path(__file__).parents[1] / "docs" / "serving-results.md"

PREDICT = "/v1/models/{id}/predictions"


@dataclass(frozen=True)
class Server:
    """A server: how it is started, where it is asked."""

    name: str
    command: list[str]
    path: str


@dataclass(frozen=True)
class Case:
    """What is measured of a server: a body, over so many connections."""

    server: str
    body: str
    connections: int


def main() -> None:
    """Train the network, measure, write the page."""
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = train(folder)
        bodies = make_bodies(folder)
        measured: dict[Case, list[Load]] = {}
        overhead: list[float] = []
        for number in range(ROUNDS):
            for server in servers(model["id"]):
                console.print(f"round {number + 1} of {ROUNDS}: {server.name}")
                with started(server, folder) as url:
                    if server.name == "Bakeoff":
                        overhead += idle_overhead(url + server.path, bodies["one PNG"])
                    measure(server, url + server.path, bodies, folder, measured)
    TARGET.write_text(page(measured, overhead))
    console.print(f"Written: {TARGET}")


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
    """What is sent: every server takes the JSON; the others are for ours alone."""
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
        "one PNG": (json.dumps({"images": encoded[:1]}).encode(), "application/json", 1),
        "64 PNG": (json.dumps({"images": encoded}).encode(), "application/json", 64),
        "one PNG, raw": (files[0], "image/png", 1),
        "64 images, .npy": (array.getvalue(), "application/x-npy", 64),
    }
    made = {}
    for number, (name, (content, kind, images)) in enumerate(contents.items()):
        path = folder / f"body-{number}"
        path.write_bytes(content)
        made[name] = Body(path, kind, images)
    return made


def servers(model_id: str) -> list[Server]:
    """Ours and the peers, in the order they take turns."""
    python = [sys.executable, "-m"]
    return [
        Server("Bakeoff", [*python, "service.cli", "serve", "--port"], PREDICT.format(id=model_id)),
        Server("FastAPI + eager torch", [*python, "benchmarks.peers.plain_fastapi"], "/predict"),
        Server("LitServe", [*python, "benchmarks.peers.lit_serve"], "/predict"),
    ]


@contextmanager
def started(server: Server, folder: Path) -> Iterator[str]:
    """The server up, alone, at the address given."""
    port = free_port()
    environment = {
        **os.environ,
        "BAKEOFF_DATA": str(folder / "data"),
        "BAKEOFF_DEVICE": "cpu",
        "BENCH_MODEL": str(folder / "model.json"),
        "BENCH_WEIGHTS": str(folder / "weights.safetensors"),
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
        wait_until_up(url, process)
        yield url
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when something answers, whatever it says."""
    while process.poll() is None:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server ended by itself")


def measure(
    server: Server,
    url: str,
    bodies: dict[str, Body],
    folder: Path,
    measured: dict[Case, list[Load]],
) -> None:
    """All that is measured of one server in one round; each body is warmed up first."""

    def load(name: str, connections: int, at: str = url) -> None:
        body = bodies.get(name)
        found = wrk(at, body, connections=connections, seconds=SECONDS, folder=folder)
        measured.setdefault(Case(server.name, name, connections), []).append(found)

    of_all = ["one PNG", "64 PNG"]
    for name in of_all if server.name != "Bakeoff" else bodies:
        wrk(url, bodies[name], connections=8, seconds=1, folder=folder)
        for connections in CONNECTIONS:
            load(name, connections)
    if server.name == "Bakeoff":
        load("64 PNG", OVERLOAD)
    if server.name.startswith("FastAPI"):
        empty = url.removesuffix("/predict") + "/empty"
        load("empty route", 64, empty)


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


def page(measured: dict[Case, list[Load]], overhead: list[float]) -> str:
    """The page as Markdown."""
    names = ("fastapi", "uvicorn", "litserve", "torch", "onnxruntime", "pillow")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return "\n".join(
        [
            "# Serving, measured",
            "",
            f"Written by `make bench-serving` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            "The assignment's CNN on 28×28 grey images, served by one process of each server, by",
            f"turns, one up at a time, {ROUNDS} rounds of {SECONDS} s after a warm-up; wrk in a",
            "process of its own on the same machine, with one thread. Every server gets the same JSON",
            "with PNG files in base64; the rows `raw` and `.npy` are forms only ours takes. Median",
            "over the rounds, in brackets the lowest and highest.",
            "",
            f"Device: {device_name(resolve('cpu'))}, {os.cpu_count()} cores, {platform.system()};",
            f"Python {platform.python_version()}, {versions}.",
            "",
            "| body | connections | server | requests/s | images/s | p50, ms | p99, ms | refused | broken |",
            "|---|---:|---|---:|---:|---:|---:|---:|---:|",
            *[row(case, loads) for case, loads in sorted(measured.items(), key=order)],
            "",
            "Server-side overhead of a lone request (total − decode − forward, as the answers say):"
            f" median {statistics.median(overhead):.3f} ms, n = {len(overhead)}.",
            f"{OVERLOAD} connections are twice what is let in at once: the rest is refused with 429,"
            " and its requests are not in the rate; p50 and p99 are of all answers.",
            "",
        ]
    )


def order(item: tuple[Case, list[Load]]) -> tuple[str, int, str]:
    """Rows by body, then connections, then server."""
    case, _ = item
    return case.body, case.connections, case.server


def row(case: Case, loads: list[Load]) -> str:
    """One line of the table."""
    rates = [one.requests_per_second for one in loads]
    rate = statistics.median(rates)
    images = 64 if case.body.startswith("64") else 1
    cells = [
        case.body,
        str(case.connections),
        case.server,
        f"{rate:,.0f} ({min(rates):,.0f} to {max(rates):,.0f})",
        "" if case.body == "empty route" else f"{rate * images:,.0f}",
        f"{statistics.median(one.p50 for one in loads):.2f}",
        f"{statistics.median(one.p99 for one in loads):.2f}",
        str(sum(one.refused for one in loads)),
        str(sum(one.broken for one in loads)),
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
