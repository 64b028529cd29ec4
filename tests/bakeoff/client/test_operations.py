"""Every operation of the API is a method of the client, with its name and its parameters."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bakeoff import Client, RefusedError, UnreachableError
from bakeoff.transport import retries
from service.app import create_app
from tests.bakeoff.unreliable import Answer, Drop, Unreliable
from tests.migrated import migrate
from workers.settings import Settings

#: Not parameters: lists are read page by page, and the client keeps no answers.
NOT_PARAMETERS = {"limit", "cursor", "if-none-match"}
#: What the API has as a header, or under a word that is reserved in Python.
RENAMED = {
    "Idempotency-Key": "idempotency_key",
    "class": "class_name",
    "last-event-id": "last_event_id",
    "after": "last_event_id",  # the same in the query
}
#: What changes something twice when it arrives twice.
NOT_REPEATED = {
    *("create_key", "cancel_job", "retry_job", "resize_dataset"),
    *("cancel_comparison", "retry_comparison"),
    *("restore_comparison", "restore_job", "restore_model"),
}
BESIDE_THE_API = {"close", "url", "is_ready", "follow_comparison"}

VALUES: dict[str, Any] = {"last_event_id": 0, "suffix": "png", "version": 1, "ready": True}
FILES = {"archive", "file"}  # parameters that are a file of this machine
BODIES = {"infer": {"inputs": []}, "infer_by_version": {"inputs": []}}


@pytest.fixture(scope="module")
def document(tmp_path_factory) -> dict[str, Any]:
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    migrate(settings.resolved_database_url)
    return create_app(settings).openapi()


@pytest.fixture(scope="module")
def operations(document) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation by its id."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_methods_are_the_operations(operations):
    public = {name for name in dir(Client) if not name.startswith("_")}

    assert public - BESIDE_THE_API == set(operations)


def test_every_method_is_typed_and_explained(operations):
    for name in operations:
        method = getattr(Client, name)
        signature = inspect.signature(method)
        assert inspect.getdoc(method), name
        assert signature.return_annotation is not inspect.Signature.empty, name
        for parameter in list(signature.parameters.values())[1:]:
            assert parameter.annotation is not inspect.Parameter.empty, (name, parameter)


def test_every_method_has_the_parameters_of_its_operation(document, operations):
    for name, (_, _, operation) in operations.items():
        has = set(inspect.signature(getattr(Client, name)).parameters)
        of_api = {
            RENAMED.get(given["name"], given["name"]) for given in operation.get("parameters", [])
        }
        assert of_api - NOT_PARAMETERS | body_fields(document, operation) <= has, name


def body_fields(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    content = operation.get("requestBody", {}).get("content", {})
    return set(fields(document, content.get("application/json", {}).get("schema", {})))


def fields(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    yield from schema.get("properties", {})
    for choice in schema.get("anyOf", []):
        yield from fields(document, choice)


def test_every_method_asks_at_its_address_and_again_where_that_is_safe(
    operations, tmp_path, monkeypatch
):
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.0)
    archive = tmp_path / "images.zip"
    archive.write_bytes(b"images")
    for name, (verb, path, _) in operations.items():
        with Unreliable() as server, Client(server.url) as client:
            server.script = [Drop(), Answer(418)]
            error = call(client, name, archive)
            is_repeated = name not in NOT_REPEATED
            assert isinstance(error, RefusedError if is_repeated else UnreachableError), name
            assert len(server.received) == 1 + is_repeated, name
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        for received in server.received:
            assert received.method == verb, name
            assert re.fullmatch(pattern, received.path.partition("?")[0]), name
        assert len({(received.path, received.body) for received in server.received}) == 1
        is_explained = "ot sent again" in (inspect.getdoc(getattr(Client, name)) or "")
        assert is_explained is not is_repeated, name


def call(client: Client, name: str, archive: Any) -> Exception:
    """Call a method with what it needs, and return its error."""
    method = getattr(client, name)
    arguments = {
        parameter.name: VALUES.get(parameter.name, archive if parameter.name in FILES else "x")
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is inspect.Parameter.empty
        and parameter.kind is not inspect.Parameter.VAR_POSITIONAL
    }
    try:
        list(method(**arguments | BODIES.get(name, {})) or ())  # pages are asked for when read
    except (RefusedError, UnreachableError) as error:
        return error
    raise AssertionError(f"{name} was not refused")
