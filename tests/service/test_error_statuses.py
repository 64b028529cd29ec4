"""Every error of ours is answered with the status of its class."""

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.testclient import TestClient

import service as service_package
import workers
from service import errors
from workers.errors import BakeoffError


def every_error() -> Iterator[type[BakeoffError]]:
    """The base of our errors and every subclass in the code base."""
    for package in (workers, service_package):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and "migrations" not in module.name:
                importlib.import_module(module.name)
    found = [BakeoffError]
    for error in found:
        found += error.__subclasses__()
        yield error


def test_every_error_of_ours_is_refused_with_its_own_status(service):
    raised: list[BakeoffError] = []
    app = FastAPI()
    errors.install(app)

    @app.get("/")
    async def fail() -> None:
        raise raised[-1]

    http = TestClient(app, raise_server_exceptions=False)
    for error in every_error():
        made = error.__new__(error, "a sentence")  # whatever its own __init__ takes
        made.args = ("a sentence",)
        raised.append(made)
        status = error.status.value
        # 503 is no fault of the client: what stands behind the service does not answer, or is full.
        assert 400 <= status < 500 or status == 503, error
        assert service.refused(http.get("/"), status) == "a sentence"
    assert len(raised) > 20


def test_an_error_for_which_waiting_helps_says_how_long():
    waits = BakeoffError("a sentence")
    waits.retry_after = 7

    assert errors.refusal(waits).headers["Retry-After"] == "7"
    assert "Retry-After" not in errors.refusal(BakeoffError("a sentence")).headers
