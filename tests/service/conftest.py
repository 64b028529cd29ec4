"""A real service: SQLite, a data folder with digits, and a worker that is stepped, not waited for."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi.testclient import TestClient
from PIL import Image

from service import overload
from service.app import create_app
from service.live.server import Server
from tests.migrated import migrate
from tests.service import few_digits
from workers.queue.leases import Lease
from workers.running.executors import ProcessExit
from workers.running.host_locks import HostLock
from workers.running.job_process import run_job
from workers.running.worker import Worker
from workers.settings import Settings
from workers.storage.database import open_database
from workers.training.measuring import latency

TINY = {"epochs": 2, "batch_size": 64}


@dataclass
class ThisProcess:
    """An executor that runs a job right here; tests/workers run them in processes of their own."""

    settings: Settings
    num_slots: int = 1
    device: str = "cpu"
    ended: list[ProcessExit] = field(default_factory=list)

    def reserve(self, *, background: bool = False) -> bool:
        del background
        return not self.ended

    def unreserve(self) -> None:
        """There is nothing to give back."""

    def start(self, lease: Lease, worker_lock: HostLock) -> None:
        del worker_lock
        run_job(self.settings, lease)
        self.ended.append(ProcessExit(lease, 0))

    def poll(self) -> list[ProcessExit]:
        ended, self.ended = self.ended, []
        return ended

    def stop(self, lease: Lease) -> None:
        raise AssertionError(f"{lease} cannot be stopped: it has run already")


@dataclass
class Service:
    """The HTTP side of one installation, and its worker."""

    settings: Settings
    http: TestClient

    def work(self, jobs: int = 1) -> None:
        """Run the next `jobs` of the queue to their end."""
        worker = Worker(self.settings, ThisProcess(self.settings))
        for _ in range(jobs):
            assert worker.run_once() is not None
        worker.shut_down()

    def refused(self, response: Any, status: int) -> str:
        """The sentence of a refusal, which must be a whole problem document."""
        assert response.status_code == status, response.text
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Cache-Control"] == "no-store"  # browsers keep a 410 for ever
        problem = response.json()
        assert problem["status"] == status
        assert problem["title"]
        assert problem["error"] == problem["detail"]
        assert "Traceback" not in problem["detail"]
        return str(problem["detail"])


def started(folder: Path) -> Iterator[Service]:
    folder.mkdir(exist_ok=True)
    settings = Settings(data=folder, device="cpu")
    migrate(settings.resolved_database_url)
    with TestClient(create_app(settings), base_url="http://localhost") as http:
        yield Service(settings, http)
    open_database(settings.resolved_database_url).dispose()


@contextmanager
def short_latency() -> Iterator[None]:
    """Nothing here judges a latency, so a few samples of it will do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latency, "WARM_UP_SECONDS", 0)
        patch.setattr(latency, "MEASURE_SECONDS", 0)
        patch.setattr(latency, "MIN_SAMPLES", 1)
        yield


@pytest.fixture(scope="module", autouse=True)  # not the session: other rooms judge latencies
def _short_latency() -> Iterator[None]:
    with short_latency():
        yield


@pytest.fixture(scope="module", name="few_digits")
def _few_digits() -> Iterator[None]:
    """For modules that use no installation of the session, which would be made of these."""
    with few_digits.few_digits():
        yield


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """An empty installation: nothing fetched, nothing trained."""
    yield from started(tmp_path / "data")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An empty installation for tests whose every request is refused: nothing is ever enqueued."""
    for service in started(tmp_path_factory.mktemp("untouched")):
        yield service
        assert service.http.get("/v1/jobs").json()["items"] == []


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An installation with one comparison that has ended; tests leave it as they find it."""
    for service in started(tmp_path_factory.mktemp("trained")):
        body = {"dataset": "digits", "architectures": ["fully_connected", "cnn"], "recipe": TINY}
        answer = service.http.post("/v1/comparisons", json={**body, "seeds": 2})
        assert answer.status_code == 202, answer.text
        with short_latency():
            service.work(jobs=4)
        service.http.put("/v1/aliases/champion", json={"model_id": "latest"})
        yield service


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The installation of `settings` over a real socket, as `bakeoff serve` does it; its address."""
    app = create_app(settings)
    config = uvicorn.Config(app, port=0, log_level="warning")
    # The rest of the test process is not frozen with it.
    parts = {name: part for name, part in overload.PARTS.items() if name != "frozen_start"}
    sockets = overload.install(app, config, parts.values())
    sockets[0].listen()  # a client that connects before the server runs is answered when it does
    server = Server(config)
    thread = threading.Thread(target=server.run, args=(sockets,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def address(trained: Service) -> Iterator[str]:
    """Where the trained installation is served."""
    with served(trained.settings) as address:
        yield address


@pytest.fixture
def empty_address(service: Service) -> Iterator[str]:
    """Where an empty installation is served: tests may leave jobs there."""
    with served(service.settings) as address:
        yield address


@pytest.fixture(scope="session")
def png() -> Callable[..., bytes]:
    """Makes an image file: `png(width, height, mode, format)`, black with a white bar."""

    def make(width: int = 8, height: int = 8, mode: str = "L", file_format: str = "PNG") -> bytes:
        image = Image.new("L", (width, height))
        image.paste(255, (width // 3, 0, width // 3 + max(1, width // 4), height))
        written = io.BytesIO()
        image.convert(mode).save(written, file_format)
        return written.getvalue()

    return make


@pytest.fixture(scope="session")
def npz() -> Callable[..., bytes]:
    """Makes an .npz of `classes` classes with 20 training images of each."""

    def make(classes: int = 2, **replaced: Any) -> bytes:
        generator = np.random.default_rng(0)
        train, test = np.arange(20 * classes) % classes, np.arange(4 * classes) % classes
        arrays: dict[str, Any] = {
            "x_train": generator.integers(0, 255, (len(train), 8, 8), dtype=np.uint8),
            "y_train": train,
            "x_test": generator.integers(0, 255, (len(test), 8, 8), dtype=np.uint8),
            "y_test": test,
        }
        written = io.BytesIO()
        np.savez_compressed(written, **(arrays | replaced))
        return written.getvalue()

    return make
