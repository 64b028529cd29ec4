"""`GET /` and `GET /dashboard/…`: the files of the dashboard, without an API key."""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response

from service.dashboard.files import INDEX, StaticFile, read_files
from service.dashboard.policy import security_headers
from service.errors import problem

METHODS = ["GET", "HEAD"]


class Dashboard:
    """Answers with the static files, which are read when it is made, on the event loop: nothing blocks."""

    def __init__(self) -> None:
        self._files = read_files()
        # `no-cache` lets a browser keep a file but ask each time whether it is the newest: 304 mostly.
        self._headers = {
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
            **security_headers(self._files[INDEX].body),
        }

    async def index(self, request: Request) -> Response:
        """The page."""
        return self._respond(request, self._files[INDEX])

    async def file(self, request: Request, path: str) -> Response:
        """A file that the page loads; 404 where there is none."""
        found = self._files.get(path)
        if found is None:
            return problem(HTTPStatus.NOT_FOUND, f"the dashboard has no file '{path[:200]}'")
        return self._respond(request, found)

    def _respond(self, request: Request, file: StaticFile) -> Response:
        headers = {**self._headers, "ETag": file.entity_tag}
        if file.entity_tag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        body = file.body
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = file.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=file.media_type, headers=headers)


def install(app: FastAPI) -> None:
    """Serve the dashboard at `/` and its files below `/dashboard/`."""
    dashboard = Dashboard()
    app.api_route("/", methods=METHODS, include_in_schema=False)(dashboard.index)
    app.api_route("/dashboard/{path:path}", methods=METHODS, include_in_schema=False)(
        dashboard.file
    )
