"""The Open Inference Protocol: the server itself, and the repository of its models."""

import json
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy import Engine

from service.dependencies import Database
from service.errors import refusals
from service.inference.bodies.errors import ProtocolError
from service.inference.predictor_cache import PredictorCache
from service.routes.v2._versions import FIRST, ModelName, find
from workers.schema.migrate import check_current
from workers.storage import trained_models
from workers.storage.database import transaction

router = APIRouter(prefix="/v2", tags=["open inference protocol"])

EXTENSIONS = [
    "classification",
    "binary_tensor_data",
    "model_repository",
    "model_repository(unload_dependents)",
    "model_configuration",
    "statistics",
]
MAX_MODELS = 200  # of the index, newest first


class ServerMetadata(BaseModel):
    """What the protocol calls the metadata of a server."""

    name: str = "bakeoff"
    version: str
    extensions: list[str]


class ServerLive(BaseModel):
    """The server answers."""

    live: bool = True


class ServerReady(BaseModel):
    """The server can do its work; the protocol's text and its clients differ in the word for it."""

    live: bool = True
    ready: bool = True


class IndexedModel(BaseModel):
    """A name that can be asked for predictions."""

    name: str
    version: str
    state: str
    reason: str


class Empty(BaseModel):
    """The operation succeeded."""


@router.get("", summary="Server metadata")
async def server_metadata() -> ServerMetadata:
    """Name and version of the server, and which extensions of the protocol it has."""
    return ServerMetadata(version=version("bakeoff"), extensions=EXTENSIONS)


@router.get("/health/live", summary="Is the server alive?")
async def server_live() -> ServerLive:
    """Answers as long as the process does."""
    return ServerLive()


@router.get("/health/ready", summary="Is the server ready?", responses=refusals(503))
def server_ready(database: Database) -> ServerReady:
    """Database reached and its schema current; models are loaded when they are first used."""
    check_current(database.execution_options(read_only=True))
    return ServerReady()


@router.post(
    "/repository/index",
    summary="List models",
    response_model=list[IndexedModel],
    responses=refusals(400),
)
async def repository_index(request: Request) -> list[IndexedModel]:
    """Every alias and the newest models. READY are those in memory; others are loaded on first use.

    The body is empty, or `{"ready": true}` for those in memory alone.
    """
    only_ready = _document(await request.body()).get("ready", False)
    names = await run_in_threadpool(_names, request.app.state.database)
    predictors: PredictorCache = request.app.state.predictors
    models = [
        IndexedModel(
            name=name,
            version=str(number),
            state="READY" if predictors.find_loaded(model_id) else "UNAVAILABLE",
            reason="" if predictors.find_loaded(model_id) else "loaded when it is first used",
        )
        for name, number, model_id in names
    ]
    return [model for model in models if model.state == "READY" or not only_ready]


@router.post(
    "/repository/models/{name}/load", summary="Load a model", responses=refusals(400, 404, 410)
)
async def load_model(name: ModelName, request: Request) -> Empty:
    """Load a model and warm it up; on return it is ready. The body is empty or an object."""
    if "config" in _document(await request.body()).get("parameters", {}):
        raise ProtocolError("a model's configuration cannot be replaced; leave 'config' out")
    found = await find(request, name, None)
    await request.app.state.predictors.get(found.model, found.engine)
    return Empty()


@router.post(
    "/repository/models/{name}/unload", summary="Unload a model", responses=refusals(400, 404, 410)
)
async def unload_model(name: ModelName, request: Request) -> Empty:
    """Let a model leave memory. Requests that have begun are finished; the next one loads it again."""
    _document(await request.body())
    found = await find(request, name, None)
    request.app.state.predictors.unload(found.model.id)
    return Empty()


def _document(body: bytes) -> dict[str, Any]:
    """A body that may be empty, or a JSON object whose parameters are an object."""
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("parameters", {}), dict):
        raise ProtocolError("the body is neither empty nor a JSON object")
    return document


def _names(database: Engine) -> list[tuple[str, int, str]]:
    """Name, newest version and model id of every alias and of the newest models."""
    with transaction(database, read_only=True) as session:
        aliases = [
            (row.alias, trained_models.alias_versions(session, row.alias)[0].version, row.model_id)
            for row in trained_models.aliases(session)
        ]
        newest = trained_models.find(session, {}, limit=MAX_MODELS).items
        return aliases + [(model.id, FIRST, model.id) for model in newest]
