"""A direct way to the endpoints of predictions, before the routes of the application.

FastAPI looks for a route in each included router, one by one and twice, and prepares parameters and
dependencies; for a small model that takes longer than decoding and classifying the image. Here a
request goes to the same function at once, if FastAPI would call it with the same arguments: the
checks are FastAPI's own declarations, read from the endpoint. A request that fails one of them, or
has anything that they do not cover, is not taken and goes FastAPI's way.
"""

from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.datastructures import QueryParams
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from service.inference.admission import content_length
from service.overload.server import Server
from service.query_parameters import refuse_unknown_parameters
from workers.observability import telemetry

ENDPOINTS = ("predict", "infer", "infer_by_version")
ARGUMENTS = "bakeoff.arguments"  # key of the scope: the arguments made of the path


def install(server: Server) -> None:
    """Put a direct route to each endpoint in front of all others."""
    routes = {route.name: route for route in iter_route_contexts(server.app.routes)}
    server.app.router.routes[:0] = [DirectRoute(routes[name]) for name in ENDPOINTS]


class DirectRoute(BaseRoute):
    """Takes the requests to an endpoint that FastAPI would pass on to it as they are."""

    def __init__(self, route: RouteContext) -> None:
        dependant: Dependant = route.dependant
        self._request_name = _request_name(dependant)
        assert isinstance(route.original_route, APIRoute)  # noqa: S101 - endpoints are functions
        self._route = route.original_route
        self._endpoint, self._path_params = self._route.endpoint, dependant.path_params
        self._max_bytes: int = route.max_body_size or 0
        #: The arguments that FastAPI makes of an empty query.
        self._query, errors = request_params_to_args(dependant.query_params, QueryParams())
        assert not errors  # noqa: S101 - such an endpoint would refuse every request without a query

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """FULL where FastAPI would call the endpoint, and nothing else can be wrong; NONE otherwise."""
        match, child_scope = self._route.matches(scope)
        if match is not Match.FULL or not self._is_plain(scope):
            return Match.NONE, {}
        arguments, errors = request_params_to_args(self._path_params, child_scope["path_params"])
        if errors:
            return Match.NONE, {}
        return Match.FULL, {**child_scope, ARGUMENTS: arguments}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the endpoint, and send its response."""
        telemetry.name_request(scope["method"], self._route.path)  # as FastAPI does on its way
        request = {self._request_name: Request(scope, receive, send)}
        response = await self._endpoint(**scope[ARGUMENTS], **self._query, **request)
        await response(scope, receive, send)

    def _is_plain(self, scope: Scope) -> bool:
        """Whether there is no query, and the body is as long as the server checks that it is."""
        length = content_length(scope)
        return not scope["query_string"] and length is not None and length <= self._max_bytes

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """None: the application's own route has the address."""
        raise NoMatchFound(name, path_params)


def _request_name(dependant: Dependant) -> str:
    """What an endpoint calls its request; TypeError where it takes more than that, path and query."""
    # The query is empty here, and so has no unknown parameter.
    others = [each for each in dependant.dependencies if each.call is not refuse_unknown_parameters]
    takes_more = (
        others
        or dependant.header_params
        or dependant.cookie_params
        or dependant.body_params
        or dependant.response_param_name
        or dependant.background_tasks_param_name
    )
    if takes_more or not dependant.request_param_name:
        raise TypeError(f"{dependant.call} takes more than its request, path and query")
    return dependant.request_param_name
