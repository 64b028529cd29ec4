"""Make a small data folder with some version of the project, and note what that version answers.

`python tests/compatibility/freeze.py CHECKOUT PYTHON TARGET` starts service and worker of the
checkout by its command line, and asks them over HTTP alone. README.md here says what is made.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np

SECONDS = 120  # until a wait counts as a failure
FINAL = {"succeeded", "failed", "cancelled"}
CNN = {"name": "cnn", "options": {"channels": [4, 8]}}
FULLY_CONNECTED = {"name": "fully_connected", "options": {"widths": [16, 16]}}
LARGE_CHARTS = {"roc", "confidently_wrong", "only_one_right"}  # a curve a class, and pictures
#: Trained slowly enough to be interrupted; float32, so that every processor computes nearly the same.
INTERRUPTED = {"epochs": 12, "batch_size": 256, "precision": "float32"}


@dataclass
class Version:
    """A checkout, the interpreter that runs it, and the data folder it works on."""

    checkout: Path
    python: Path
    command: list[str]
    data: Path

    @contextmanager
    def run(self, command: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command of this version in a process group of its own, killed at the end."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.checkout),
            "BAKEOFF_DATA": str(self.data),
            "BAKEOFF_DEVICE": "cpu",
            "BAKEOFF_LEASE_SECONDS": "3",
            "OMP_NUM_THREADS": "1",
        }
        started = subprocess.Popen(
            [self.python, *self.command, command, *options],
            cwd=self.checkout,
            env=environment,
            process_group=0,
        )
        try:
            yield started
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)
                started.wait()

    def stop_worker(self, worker: subprocess.Popen[bytes]) -> None:
        """Stop it as a person would: it gives its job back to the queue."""
        worker.terminate()
        worker.wait(timeout=SECONDS)

    @contextmanager
    def served(self) -> Iterator[httpx.Client]:
        """The service of this version, migrated and ready."""
        with self.run("migrate") as migrated:
            assert migrated.wait(timeout=SECONDS) == 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (
            self.run("serve", "--port", str(port)) as service,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
        ):
            until(lambda: is_up(http))
            yield http
            self.stop_worker(service)


def is_up(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready").is_success
    except httpx.TransportError:
        return False


def until(found: Callable[[], Any]) -> Any:
    """What `found` gives, as soon as it gives something."""
    deadline = time.monotonic() + SECONDS
    while not (answer := found()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.003)
    return answer


def post(http: httpx.Client, path: str, body: Any, **headers: str) -> dict[str, Any]:
    answer = http.post(path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return dict(answer.json())


def ended(http: httpx.Client, job_id: str) -> dict[str, Any]:
    def final() -> dict[str, Any] | None:
        job: dict[str, Any] = http.get(f"/v1/jobs/{job_id}").json()
        return job if job["status"] in FINAL else None

    return dict(until(final))


def reached(http: httpx.Client, job_id: str, epoch: int) -> None:
    """Return when the job's metrics have this epoch."""
    until(lambda: len(http.get(f"/v1/jobs/{job_id}/metrics").json()["epochs"]) >= epoch)


def shapes() -> bytes:
    """A data set to upload, as .npz: 60 grey images of 6 × 6 with a bright row, column or corner."""
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = generator.integers(0, 80, (60, 6, 6)).astype(np.uint8)
    images[labels == 0, 2, :] = 220
    images[labels == 1, :, 3] = 220
    images[labels == 2, :3, :3] = 220
    written = BytesIO()
    np.savez_compressed(
        written, x_train=images[:45], y_train=labels[:45], x_test=images[45:], y_test=labels[45:]
    )
    return written.getvalue()


def shared_request() -> tuple[dict[str, Any], dict[str, str]]:
    """The comparison that is asked for now and again by the test: body and headers."""
    recipe = {"epochs": 3, "batch_size": 64, "schedule": "one_cycle"}
    architectures = [FULLY_CONNECTED, CNN]
    body = {"dataset": "digits", "architectures": architectures, "recipe": recipe, "seeds": 2}
    return body, {"Idempotency-Key": "frozen"}


def finished_work(version: Version, http: httpx.Client) -> None:
    """A comparison of two architectures by two seeds, one of its jobs, and an alias that moved."""
    http.put("/v1/datasets/shapes", content=shapes()).raise_for_status()
    with version.run("work") as worker:
        post(http, "/v1/datasets/digits/fetch", {})
        body, headers = shared_request()
        made = post(http, "/v1/comparisons", body, **headers)
        for job in made["jobs"]:
            assert ended(http, job["id"])["status"] == "succeeded"
        several = [job["id"] for job in made["jobs"][::2]]
        post(http, "/v1/comparisons", {"name": "of jobs", "jobs": several})
        models = [model["id"] for model in http.get("/v1/models").json()["items"]]
        for model_id in models[-2:]:
            http.put("/v1/aliases/champion", json={"model_id": model_id}).raise_for_status()
        measured = {"batch_sizes": [1], "threads": [1]}
        job = post(http, "/v1/models/champion/latency", measured)
        assert ended(http, job["id"])["status"] == "succeeded"
        version.stop_worker(worker)


def unfinished_work(version: Version, http: httpx.Client) -> dict[str, str]:
    """A training given back to the queue, one whose worker was killed, one queued, one cancelled."""
    body = {"dataset": "digits", "recipe": INTERRUPTED, "seed": 7}
    dense = {**body, "architecture": "fully_connected", "options": {"widths": [24], "dropout": 0.2}}
    dense["recipe"] = {
        **INTERRUPTED,
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "schedule": "cosine",
    }
    given_back = post(http, "/v1/jobs", dense)["id"]
    with version.run("work") as worker:
        reached(http, given_back, 3)
        version.stop_worker(worker)
    convolving = {**body, "architecture": "cnn", "options": CNN["options"], "priority": 10}
    convolving["recipe"] = {
        **INTERRUPTED,
        "optimizer": "adamw",
        "learning_rate": 0.005,
        "augmentation": "crop",
        "early_stopping_patience": 1000,
    }
    killed = post(http, "/v1/jobs", convolving)["id"]
    with version.run("work"):
        reached(http, killed, 3)
    waiting = {"dataset": "shapes", "architecture": "cnn", "recipe": {"epochs": 2}, "priority": -5}
    queued = post(http, "/v1/jobs", waiting)["id"]
    cancelled = post(http, "/v1/jobs", {**waiting, "seed": 1})["id"]
    post(http, f"/v1/jobs/{cancelled}/cancel", {})
    jobs = {"given back": given_back, "killed": killed}
    statuses = {name: http.get(f"/v1/jobs/{job}").json()["status"] for name, job in jobs.items()}
    assert statuses == {"given back": "queued", "killed": "running"}, statuses
    return {**jobs, "queued": queued, "cancelled": cancelled}


def answers(http: httpx.Client) -> dict[str, Any]:
    """What the version says of all this, by address."""
    addresses = ["datasets", "datasets/digits", "datasets/shapes", "architectures", "jobs"]
    addresses += ["jobs?status=queued", "comparisons", "models", "aliases"]
    addresses += ["aliases/champion/versions", "models/champion", "models/champion/latency"]
    for job in http.get("/v1/jobs").json()["items"]:
        addresses += [f"jobs/{job['id']}", f"jobs/{job['id']}/metrics"]
    parts = ("", "/leaderboard", "/statistics", "/overfitting", "/gradient_flow", "/failures")
    for comparison in http.get("/v1/comparisons").json()["items"]:
        addresses += [f"comparisons/{comparison['id']}{part}" for part in parts]
        charts = http.get(f"/v1/comparisons/{comparison['id']}/charts").json()["items"]
        names = {chart["name"] for chart in charts} - LARGE_CHARTS
        addresses += [
            f"comparisons/{comparison['id']}/charts/{name}.json" for name in sorted(names)
        ]
    said = {}
    for address in addresses:
        answer = http.get(f"/v1/{address}")
        assert answer.is_success, answer.text
        said[f"/v1/{address}"] = answer.json()
    return said


def predictions(http: httpx.Client) -> list[dict[str, Any]]:
    """The same image through both engines: address, body and answer of each request."""
    column = [[0, 0, 60, 250, 200, 20, 0, 0]] * 8
    asked = []
    for model in ("champion", "latest"):
        for engine in ("onnxruntime", "torch"):
            path = f"/v1/models/{model}/predictions?engine={engine}&top_k=10"
            body = {"instances": [column]}
            asked.append({"path": path, "body": body, "answer": post(http, path, body)})
    return asked


def continued(version: Version, jobs: dict[str, str], target: Path) -> dict[str, Any]:
    """What the same version makes of the interrupted jobs, on a copy of the folder."""
    results = {}
    with version.served() as http, version.run("work") as worker:
        for name in ("given back", "killed"):
            job = ended(http, jobs[name])
            assert job["status"] == "succeeded", job
            weights = http.get(f"/v1/models/{job['model_id']}/weights").content
            (target / f"{name.replace(' ', '_')}.safetensors").write_bytes(weights)
            results[name] = {
                "metrics": http.get(f"/v1/jobs/{jobs[name]}/metrics").json(),
            }
        version.stop_worker(worker)
    return results


def tidy(data: Path) -> None:
    """Leave one file of the database, and nothing that is made again by itself."""
    for folder in ("charts", "locks", "logs"):
        shutil.rmtree(data / folder, ignore_errors=True)
    for leftover in (*data.rglob(".*.lock"), data / ".bakeoff.db.migration"):
        leftover.unlink()
    connection = sqlite3.connect(data / "bakeoff.db", isolation_level=None)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for path in (data / "bakeoff.db-wal", data / "bakeoff.db-shm"):
        path.unlink(missing_ok=True)


def write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("python", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--module", default="bakeoff", help="what `python -m` takes as the command")
    given = parser.parse_args()
    data = given.target / "data_folder"
    data.mkdir(parents=True)
    version = Version(given.checkout, given.python, ["-m", given.module], data.resolve())
    with version.served() as http:
        finished_work(version, http)
        jobs = unfinished_work(version, http)
        write(given.target / "answers.json", answers(http))
        write(given.target / "predictions.json", predictions(http))
        schemas = http.get("/openapi.json").json()["components"]["schemas"]
        fields = schemas["Recipe"]["properties"]
    tidy(data)
    with tempfile.TemporaryDirectory() as folder:
        version.data = Path(folder) / "copy"
        shutil.copytree(data, version.data)
        results = continued(version, jobs, given.target)
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=given.checkout, text=True)
    facts = {
        "commit": commit.strip(),
        "recipe_defaults": {name: field["default"] for name, field in fields.items()},
        "jobs": jobs,
        "continued": results,
    }
    write(given.target / "made.json", facts)


if __name__ == "__main__":
    main()
