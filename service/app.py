"""The application: settings in, routes found by being there."""

import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from service import documentation, errors, routes
from service.access import Access, warn_if_open
from service.charts.kept import Kept
from service.direct import DirectRoute
from service.inference.admission import Admission, House
from service.inference.predictors import Predictors
from service.inference.resolver import Resolver
from service.key_ring import KeyRing
from service.observation import Observation
from service.refusing import HOUSE
from service.security import SecurityHeaders
from workers import tables
from workers.artifacts import ArtifactStore
from workers.database import engine
from workers.settings import Settings, settings

DESCRIPTION = """
Trains image classifiers side by side, with the same data, order, recipe and seeds, says which is
better, and serves it. Post a **comparison**, watch its **jobs**, look at its **charts**, ask its
**models** for predictions. `latest` stands for the id of the newest job, comparison or model.
"""


YOUNG_OBJECTS = 20_000  # between two looks for garbage; many requests at once are many objects
MOST_BODY_BYTES = 1024**2  # of a body of JSON; routes that take images or archives say otherwise


def create_app(settings: Settings) -> FastAPI:
    """The service for `settings`; its database must be migrated."""
    app = FastAPI(
        title="Bakeoff",
        version=version("bakeoff"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.database = engine(settings.resolved_database_url)
    app.state.artifacts = ArtifactStore(settings.resolved_artifacts_url)
    app.state.predictors = Predictors(
        app.state.artifacts, settings.device, most_bytes=settings.predictor_bytes
    )
    app.state.kept_charts = Kept(settings.charts_folder)
    app.state.resolver = Resolver(app.state.database)
    app.state.key_ring = KeyRing(app.state.database, settings)
    app.state.house = House()
    app.state.tables = tables.Base.metadata
    errors.install(app)
    for module in pkgutil.iter_modules(routes.__path__, f"{routes.__name__}."):
        _mount(app, importlib.import_module(module.name).router)
    documentation.install(app)
    app.add_middleware(errors.LargeBodies)
    app.add_middleware(Admission, house=app.state.house)
    app.add_middleware(Access, ring=app.state.key_ring)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observation)
    return app


def from_environment() -> FastAPI:
    """The service for the environment's settings; what uvicorn calls."""
    app = create_app(settings())
    # All that has been imported stays. To look through it for garbage again and again would hold up
    # every request for a third of a second.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    await warn_if_open(app.state.settings, app.state.key_ring)
    yield {HOUSE: app.state.house}
    app.state.resolver.close()


def _mount(app: FastAPI, router: APIRouter) -> None:
    if router.route_class is DirectRoute:
        # In front: FastAPI tries the routes of each included router one by one, and twice.
        app.router.routes[:0] = router.routes
    else:
        app.include_router(router, max_body_size=MOST_BODY_BYTES)


def _operation_id(route: APIRoute) -> str:
    return route.name
