"""The application, assembled from top to bottom: state, middleware, routers, pages."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from service import documentation, errors
from service.charts.drawing.cache import ChartCache
from service.inference.admission import AdmissionControl
from service.inference.model_resolver import ModelResolver
from service.inference.predictor_cache import PredictorCache
from service.middleware.admission import AdmissionMiddleware
from service.middleware.authentication import Authentication, warn_if_open
from service.middleware.body_limit import BodyLimitProblems
from service.middleware.request_metrics import RequestMetrics
from service.middleware.security_headers import SecurityHeaders
from service.overload.direct_routes import DirectRoute
from service.overload.early_refusals import ADMISSION
from service.routes import health
from service.routes.v1 import (
    aliases,
    architectures,
    charts,
    comparison_predictions,
    comparisons,
    dataset_uploads,
    datasets,
    diagnostics,
    engines,
    job_events,
    job_metrics,
    jobs,
    keys,
    latency,
    leaderboards,
    models,
    predictions,
    statistics,
)
from service.routes.v2 import inference
from service.routes.v2 import models as v2_models
from service.routes.v2 import server as v2_server
from service.routes.v2 import statistics as v2_statistics
from service.security.key_cache import KeyCache
from workers.settings import Settings, settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database

DESCRIPTION = """
Trains image classifiers side by side, with the same data, order, recipe and seeds, says which is
better, and serves it. Post a **comparison**, watch its **jobs**, look at its **charts**, ask its
**models** for predictions. `latest` stands for the id of the newest job, comparison or model.
"""


YOUNG_OBJECTS = 20_000  # between two looks for garbage; many requests at once are many objects
MOST_BODY_BYTES = 1024**2  # of a body of JSON; routes that take images or archives say otherwise


#: In the order in which a newcomer needs them, which is that of /docs. A path that another pattern
#: would match too (`/v2/models/stats`) comes before it.
ROUTERS = (
    datasets.router,
    dataset_uploads.router,
    architectures.router,
    comparisons.router,
    leaderboards.router,
    statistics.router,
    diagnostics.router,
    charts.router,
    jobs.router,
    job_metrics.router,
    job_events.router,
    models.router,
    aliases.router,
    engines.router,
    predictions.router,
    comparison_predictions.router,
    latency.router,
    keys.router,
    health.router,
    v2_server.router,
    v2_statistics.router,
    v2_models.router,
    inference.router,
)


def create_app(settings: Settings) -> FastAPI:
    """The service for `settings`; its database must be migrated."""
    app = FastAPI(
        title="Bakeoff",
        version=version("bakeoff"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_tags=documentation.TAGS,
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan,
    )
    _add_state(app, settings)
    _add_middleware(app)
    errors.install(app)
    for router in ROUTERS:
        _mount(app, router)
    documentation.install(app)
    return app


def _add_state(app: FastAPI, settings: Settings) -> None:
    """What lives as long as the application and is asked for by routes."""
    app.state.settings = settings
    app.state.database = open_database(settings.resolved_database_url)
    app.state.artifacts = ArtifactStore(settings.resolved_artifacts_url)
    app.state.predictors = PredictorCache(
        app.state.artifacts, settings.device, most_bytes=settings.predictor_bytes
    )
    app.state.chart_cache = ChartCache(settings.charts_folder)
    app.state.resolver = ModelResolver(app.state.database)
    app.state.key_cache = KeyCache(app.state.database, settings)
    app.state.admission = AdmissionControl()


def _add_middleware(app: FastAPI) -> None:
    """In the order in which they see a request; Starlette takes the innermost first."""
    outermost_first: list[tuple[Any, dict[str, Any]]] = [
        (RequestMetrics, {}),
        (SecurityHeaders, {}),
        (Authentication, {"keys": app.state.key_cache}),
        (AdmissionMiddleware, {"admission": app.state.admission}),
        (BodyLimitProblems, {}),
    ]
    for middleware, options in reversed(outermost_first):
        app.add_middleware(middleware, **options)


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
    await warn_if_open(app.state.settings, app.state.key_cache)
    yield {ADMISSION: app.state.admission}
    app.state.resolver.close()


def _mount(app: FastAPI, router: APIRouter) -> None:
    if router.route_class is DirectRoute:
        # In front: FastAPI tries the routes of each included router one by one, and twice.
        app.router.routes[:0] = router.routes
    else:
        app.include_router(router, max_body_size=MOST_BODY_BYTES)


def _operation_id(route: APIRoute) -> str:
    return route.name
