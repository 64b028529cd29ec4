"""Errors as problem documents (RFC 9457): which class has which status is decided here alone."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.registry import UnknownNameError
from service.analysis.results import IncomparableError
from service.inference.images import ImageError
from service.inference.overload import ClientGoneError, OverloadedError
from service.inference.tensors import ProtocolError
from service.key_ring import KeysUnusedError
from workers.api_keys import ApiKeyNotFoundError
from workers.architecture_options import OptionError
from workers.artifacts import ArtifactError
from workers.comparable import IncomparableJobsError
from workers.comparisons import ComparisonNotFoundError, SameArchitectureError
from workers.datasets.content import ContentError
from workers.datasets.errors import ArchiveError, DatasetConflictError
from workers.datasets.store import DatasetAbsentError, DatasetNameError
from workers.engines import EngineError
from workers.idempotency import IdempotencyConflictError, IdempotencyInProgressError
from workers.jobs import JobNotFoundError, JobStateError
from workers.migrate import SchemaError
from workers.model_store import AliasError, ModelNotFoundError
from workers.pages import CursorError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
UNREADABLE = "There was an error parsing the body"  # FastAPI's words, with 400, for bytes not UTF-8

STATUS: dict[type[Exception], int] = {
    ApiKeyNotFoundError: 404,
    JobNotFoundError: 404,
    ComparisonNotFoundError: 404,
    ModelNotFoundError: 404,
    DatasetAbsentError: 404,
    IncomparableError: 409,
    EngineError: 409,
    JobStateError: 409,
    KeysUnusedError: 409,
    DatasetConflictError: 409,
    IdempotencyInProgressError: 409,
    AliasError: 422,
    ArchiveError: 422,
    ContentError: 422,
    CursorError: 422,
    DatasetNameError: 422,
    IdempotencyConflictError: 422,
    ImageError: 422,
    IncomparableJobsError: 422,
    OptionError: 422,
    SameArchitectureError: 422,
    ArtifactError: 410,
    ProtocolError: 400,
    ClientGoneError: 400,  # nobody reads it
    ClientDisconnect: 400,  # the same, in the middle of the body
    SchemaError: 503,
}


class TooLargeError(ValueError):
    """A body over the limit."""


class Problem(BaseModel):
    """Why a request was refused, and what would be accepted."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["unknown architecture 'cn'; did you mean 'cnn'?"])
    error: str = Field(description="the same as detail, which inference clients read")
    errors: list[dict[str, str]] = Field([], description="each wrong field of a body")


def problem(status: int, detail: str, errors: Sequence[dict[str, str]] = ()) -> JSONResponse:
    """A problem document as a response."""
    detail = detail.encode("utf-8", "replace").decode()  # JSON can smuggle in half a character
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, error=detail, errors=list(errors))
    return JSONResponse(body.model_dump(), status_code=status, media_type=MEDIA_TYPE)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse with these statuses, each a Problem."""
    return {status: {"description": HTTPStatus(status).phrase} for status in statuses}


def install(app: FastAPI) -> None:
    """Let every error leave as a problem document."""

    def refuse(request: Request, error: Exception) -> JSONResponse:
        del request
        return problem(STATUS[type(error)], str(error))

    for kind in STATUS:
        app.add_exception_handler(kind, refuse)
    app.add_exception_handler(UnknownNameError, _unknown_name)
    app.add_exception_handler(OverloadedError, _overloaded)
    app.add_exception_handler(TooLargeError, lambda _, error: problem(413, str(error)))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(Exception, _internal)


class LargeBodies:
    """Says in a problem document what Starlette's limit of a body says in plain text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            is_plain = (b"content-type", b"text/plain; charset=utf-8") in message.get("headers", ())
            if message.get("status") == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and is_plain:
                replaced = True
                await problem(413, _too_large(scope))(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_problem)


def _too_large(scope: Scope) -> str:
    limit = scope.get(MAX_BODY_SIZE_SCOPE_KEY)
    return f"the body is larger than the {limit:,} bytes accepted" if limit else "too large a body"


def overloaded(error: OverloadedError) -> JSONResponse:
    """429, and when to come back."""
    answer = problem(429, str(error))
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _overloaded(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, OverloadedError)  # noqa: S101 - registered for it alone
    return overloaded(error)


def _unknown_name(request: Request, error: Exception) -> JSONResponse:
    """A name in the address is a thing not found; one in a body is a mistake in it."""
    in_path = getattr(error, "name", None) in request.path_params.values()
    return problem(404 if in_path else 422, str(error))


def _invalid(request: Request, error: Exception) -> JSONResponse:
    del request
    found = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [_in_words(one) for one in found]
    sentence = "; ".join(f"{one['at']}: {one['message']}" for one in errors[:3])
    more = f" (and {len(errors) - 3} more)" if len(errors) > 3 else ""  # noqa: PLR2004 - a sentence's worth
    return problem(422, sentence + more, errors)


def _in_words(error: dict[str, Any]) -> dict[str, str]:
    """One of pydantic's findings: where, and what is wrong there."""
    at = ".".join(str(part) for part in error["loc"][1:]) or "body"
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "json_invalid":
        at, message = "body", f"is not JSON: {error['ctx']['error']} at character {at}"
    elif at == "body" and error["type"] in {"model_attributes_type", "missing"}:
        message = "must be a JSON object, sent with Content-Type: application/json"
    return {"at": at, "message": message.encode("utf-8", "replace").decode()}


def _http(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(getattr(error, "detail", error))
    if status == HTTPStatus.NOT_FOUND and detail == "Not Found":
        detail = f"there is nothing at {request.url.path[:200]}; /docs lists every call"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not allowed at {request.url.path[:200]}; see /docs"
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        detail = _too_large(request.scope)
    if detail == UNREADABLE:
        status, detail = 422, "the body is not JSON: it is not text in UTF-8"
    answer = problem(status, detail)
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


def _database(request: Request, error: Exception) -> JSONResponse:
    del request
    return database_unavailable(error)


def database_unavailable(error: Exception) -> JSONResponse:
    """503, and when to come back."""
    logger.error("the database does not answer: %s", error)
    answer = problem(503, "the database does not answer; try again in a moment")
    answer.headers["Retry-After"] = "5"
    return answer


def _internal(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "internal error; the service's log has more")
