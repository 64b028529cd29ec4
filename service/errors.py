"""Errors as problem documents (RFC 9457).

An error of ours carries its own status (`BakeoffError.status`). Those of libraries are handled here
one by one, and so are unknown names: their status depends on where the request has the name.
"""

import logging
import tempfile
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from models import UnknownNameError
from service.allowed_methods import allowed_methods
from service.json_words import in_json_words, why_unreadable
from workers.errors import BakeoffError
from workers.observability.request_context import current
from workers.settings import Settings
from workers.storage.database import UNANSWERED
from workers.storage.full_disk import free_bytes, full_disk, is_disk_full

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
LITTLE_BYTES = 64 * 1024  # with which SQLite does not get far
UNREADABLE = "There was an error parsing the body"  # FastAPI's words, with 400 and the cause


class TooLargeError(BakeoffError):
    """A body over the limit."""

    status: ClassVar[HTTPStatus] = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Problem(BaseModel):
    """Why a request was refused, and what would be accepted."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["unknown architecture 'cn'; did you mean 'cnn'?"])
    error: str = Field(description="the same as detail, which inference clients read")
    errors: list[dict[str, str]] = Field([], description="each wrong field of a body")


def problem(status: int, detail: str, errors: Sequence[dict[str, str]] = ()) -> JSONResponse:
    """A problem document as a response, which nobody keeps: browsers would keep a 410 for ever."""
    detail = detail.encode("utf-8", "replace").decode()  # JSON can smuggle in half a character
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, error=detail, errors=list(errors))
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(
        body.model_dump(), status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse with these statuses, each a Problem."""
    return {status: {"description": HTTPStatus(status).phrase} for status in statuses}


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(BakeoffError, _handle_refusal)
    app.add_exception_handler(UnknownNameError, _handle_unknown_name)
    app.add_exception_handler(ClientDisconnect, _handle_client_gone)
    app.add_exception_handler(RequestValidationError, _handle_invalid)
    app.add_exception_handler(UnicodeEncodeError, _handle_half_character)
    app.add_exception_handler(HTTPException, _handle_http_error)
    for unavailable in UNANSWERED:
        app.add_exception_handler(unavailable, _handle_database_error)
    app.add_exception_handler(MemoryError, _handle_memory_error)
    app.add_exception_handler(OSError, _handle_system_error)
    app.add_exception_handler(Exception, _handle_internal_error)


def describe_body_limit(scope: Scope) -> str:
    """The reason for which Starlette refuses a body: the limit of the route of `scope`."""
    limit = scope.get(MAX_BODY_SIZE_SCOPE_KEY)
    return f"the body is larger than the {limit:,} bytes accepted" if limit else "too large a body"


def refusal(error: BakeoffError) -> JSONResponse:
    """The problem document of an error of ours, with Retry-After where waiting helps."""
    response = problem(error.status, str(error))
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _handle_refusal(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, BakeoffError)  # noqa: S101 - registered for it alone
    return refusal(error)


def _handle_client_gone(request: Request, error: Exception) -> JSONResponse:
    """The client hung up before its body was whole: nobody reads this answer."""
    del request
    return problem(400, str(error))


def _handle_unknown_name(request: Request, error: Exception) -> JSONResponse:
    """404 for an unknown name in the address, 422 for one in a query or a body."""
    in_path = getattr(error, "name", None) in request.path_params.values()
    return problem(404 if in_path else 422, str(error))


def _handle_invalid(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it alone
    errors = _in_words(error)
    sentence = "; ".join(f"{wrong['at']}: {wrong['message']}" for wrong in errors[:3])
    more = f" (and {len(errors) - 3} more)" if len(errors) > 3 else ""  # noqa: PLR2004 - a sentence's worth
    return problem(422, sentence + more, errors)


def _in_words(error: RequestValidationError) -> list[dict[str, str]]:
    """Every wrong place of a request, and what is wrong there."""
    findings: Sequence[Any] = error.errors()
    whole = [finding for finding in findings if finding["loc"] == ("body",)]
    if findings[0]["type"] == "json_invalid":
        reason, at = findings[0]["ctx"]["error"], findings[0]["loc"][1]
        return [{"at": "body", "message": f"is not JSON: {reason} at character {at}"}]
    if whole and whole[0]["type"] in {"model_attributes_type", "missing"}:
        message = "must be a JSON object, sent with Content-Type: application/json"
        return [{"at": "body", "message": message}]
    return in_json_words(findings, error.body)


def _handle_half_character(request: Request, error: Exception) -> JSONResponse:
    """Pydantic's own error for a name with half of a character in it, which only JSON can bring here."""
    del request, error
    return problem(
        422, "the body has half of a character (U+D800 to U+DFFF); accepted is Unicode text"
    )


def _handle_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    status, detail = error.status_code, error.detail
    if status == HTTPStatus.NOT_FOUND and detail == "Not Found":
        detail = f"there is nothing at {request.url.path[:200]}; /docs lists every call"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(allowed_methods(request.app, request.scope))
        detail = f"{request.method} is not allowed at {request.url.path[:200]}, but {allowed}"
        error.headers = {"Allow": allowed}
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        detail = describe_body_limit(request.scope)
    if detail == UNREADABLE:
        status, detail = 422, f"the body {why_unreadable(_cause_of(error))}"
    answer = problem(status, detail)
    answer.headers.update(error.headers or {})
    return answer


def _cause_of(error: HTTPException) -> Exception:
    return error.__cause__ if isinstance(error.__cause__, Exception) else error


def _handle_database_error(request: Request, error: Exception) -> JSONResponse:
    return database_problem(error, request.app.state.settings)


def database_problem(error: Exception, settings: Settings) -> JSONResponse:
    """503, and when to try again; where its disk is full, that."""
    logger.error("the database does not answer: %s", error)
    folder = settings.database_folder
    # SQLite says 'disk I/O error' too, where it cannot make the files it needs to read.
    if folder and (is_disk_full(error) or free_bytes(folder) < LITTLE_BYTES):
        return refusal(full_disk([folder]))
    answer = problem(503, "the database does not answer; try again in a moment")
    answer.headers["Retry-After"] = "5"
    return answer


def _handle_memory_error(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s: not enough memory", request.method, request.url.path, exc_info=error)
    answer = problem(503, "there is not enough memory for this just now; try again in a moment")
    answer.headers["Retry-After"] = "5"
    return answer


def _handle_system_error(request: Request, error: Exception) -> JSONResponse:
    """503 where a disk is full, of which errors of writing do not say where; else our fault."""
    if not is_disk_full(error):
        raise error
    state = request.app.state
    folders = [state.settings.data, Path(tempfile.gettempdir()), *state.datasets.folders]
    return refusal(full_disk(folders))


def _handle_internal_error(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    answer = problem(500, "internal error; the service's log has more")
    if request_id := current().request_id:  # the middleware that adds it is within what calls us
        answer.headers["X-Request-ID"] = request_id
    return answer
