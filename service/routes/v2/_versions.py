"""The versions of a name in the Open Inference Protocol: the models an alias has stood for."""

from typing import Annotated

from fastapi import Path, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine

from service.dependencies import NAME_PATTERN
from service.inference.model_resolver import ModelResolver, Resolved
from service.inference.predictor_cache import PredictorCache
from workers.engines import default_engine
from workers.storage import trained_models
from workers.storage.database import transaction
from workers.storage.trained_models import ModelNotFoundError

FIRST = 1  # the only version of a model's id

ModelName = Annotated[
    str,
    Path(
        pattern=NAME_PATTERN,
        description="a model's id, an alias or `latest`",
        examples=["champion"],
    ),
]
Version = Annotated[
    str, Path(pattern=r"^[1-9][0-9]{0,8}$", description="of an alias", examples=["1"])
]


async def find(request: Request, name: str, version: str | None) -> Resolved:
    """The model that a name stands for, or stood for in a version; ModelNotFoundError."""
    if version is None:
        resolver: ModelResolver = request.app.state.resolver
        return await resolver.resolve(name)
    return await run_in_threadpool(_find_version, request.app.state.database, name, int(version))


async def versions_of(request: Request, name: str) -> list[str]:
    """The versions of a name, oldest first."""
    return await run_in_threadpool(_versions, request.app.state.database, name)


def engine_of(request: Request, resolved: Resolved) -> str:
    """The engine that serves a model where a request asks for none."""
    predictors: PredictorCache = request.app.state.predictors
    return resolved.engine or default_engine(resolved.model, predictors.placement)


def _find_version(database: Engine, name: str, version: int) -> Resolved:
    with transaction(database, read_only=True) as session:
        versions = trained_models.alias_versions(session, name)
        for row in versions:
            if row.version == version:
                return Resolved(trained_models.get(session, row.model_id), row.engine, version)
        model = trained_models.get(session, name)
    if versions or version != FIRST:
        raise ModelNotFoundError(f"'{name}' has no version {version}")
    return Resolved(model)


def _versions(database: Engine, name: str) -> list[str]:
    with transaction(database, read_only=True) as session:
        numbers = [row.version for row in trained_models.alias_versions(session, name)]
    return [str(number) for number in numbers[::-1] or [FIRST]]
