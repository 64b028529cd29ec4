"""Query parameters that an endpoint does not have: refused, as unknown fields of a body are."""

import difflib
from collections.abc import Sequence
from typing import Any

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

#: Probes and scrapers add parameters of their own, and are answered whatever they add.
OPEN_TO_ANY = ("/health/", "/v2/health/", "/metrics")
#: Where parameters are that are not in the query; those in it may be fields of a model.
ELSEWHERE = (params.Path, params.Header, params.Cookie)
MOST_NAMED = 10  # unknown names in one refusal


async def refuse_unknown_parameters(request: Request) -> None:
    """RequestValidationError where the query has a name that its endpoint does not declare.

    A coroutine, though it awaits nothing: a function would be called in a thread.
    """
    if not request.query_params or request.url.path.startswith(OPEN_TO_ANY):
        return
    route = request.scope["route"]
    assert isinstance(route, APIRoute)  # noqa: S101 - no other route has dependencies
    declared = get_flat_params(route.dependant)
    known = [each.alias for each in declared if not isinstance(each.field_info, ELSEWHERE)]
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise RequestValidationError([_error(name, known) for name in unknown[:MOST_NAMED]])


def _error(name: str, known: Sequence[str]) -> dict[str, Any]:
    nearest = difflib.get_close_matches(name[:100], known, n=1)
    hint = f"did you mean '{nearest[0]}'? " if nearest else ""
    accepted = f"accepted are: {', '.join(known)}" if known else "none is accepted here"
    return {
        "type": "unknown_parameter",
        "loc": ("query", name[:100]),
        "msg": f"is no parameter of this address; {hint}{accepted}",
    }
