"""One service over HTTP: what every method of the client goes through."""

import string
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
from httpx_sse import ServerSentEvent, connect_sse

from bakeoff.answers import Json
from bakeoff.errors import RefusedError, UnreachableError
from bakeoff.transport import retries

UNIX = "unix:"  # begins the address of a Unix socket, as unix:/run/bakeoff.sock
STREAM_SILENCE_SECONDS = 60.0  # the service says something every 15 s


class Connection:
    """Sends requests and returns what the service answers.

    A path is written as in the OpenAPI document: `parameters` that it names are put into it, the
    others are the query, and those that are None are left out.

    Raises:
        RefusedError: the service refused.
        UnreachableError: no service answered.
    """

    def __init__(self, url: str, *, key: str | None, timeout: float, retries: int) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._retries = retries
        base_url, transport = _reached_at(url)
        self._http = httpx.Client(
            base_url=base_url,
            transport=transport,
            timeout=timeout,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    def close(self) -> None:
        """Close the connections to the service."""
        self._http.close()

    def get(self, path: str, /, **parameters: Any) -> Json:
        """The JSON object that a GET answers."""
        answer: Json = self.send("GET", path, parameters).json()
        return answer

    def download(self, path: str, /, **parameters: Any) -> bytes:
        """The bytes that a GET answers."""
        return self.send("GET", path, parameters).content

    def items(self, path: str, /, **parameters: Any) -> Iterator[Json]:
        """The items of a list, from its first page to its last; a page is fetched when needed."""
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, **parameters)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def put(self, path: str, body: Json, /, **parameters: Any) -> Json:
        """The JSON object that a PUT of JSON answers."""
        answer: Json = self.send("PUT", path, parameters, json=body).json()
        return answer

    def patch(self, path: str, body: Json, /, **parameters: Any) -> Json:
        """The JSON object that a PATCH of JSON answers."""
        answer: Json = self.send("PATCH", path, parameters, json=body).json()
        return answer

    def post(
        self, path: str, body: Json | None = None, /, *, repeatable: bool = True, **parameters: Any
    ) -> Json:
        """The JSON object that a POST of JSON answers; `repeatable` is whether it may arrive twice."""
        answer: Json = self.send("POST", path, parameters, repeatable=repeatable, json=body).json()
        return answer

    def post_once(self, path: str, body: Json, key: str | None, /, **parameters: Any) -> Json:
        """The JSON object that a POST answers which takes effect once, however often it arrives.

        It carries an Idempotency-Key: `key`, or a random one.
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer: Json = self.send("POST", path, parameters, headers=headers, json=body).json()
        return answer

    def send(
        self,
        method: str,
        path: str,
        parameters: Json,
        *,
        repeatable: bool = True,
        retry: bool = True,
        **request: Any,
    ) -> httpx.Response:
        """Send a request, again as the module `retries` says, and return the answer of success."""
        url, query = _address(path, parameters)
        attempt, may_be_done = 0, False
        while True:
            try:
                response = self._http.request(method, url, params=query, **request)
            except httpx.TransportError as error:
                failure: Exception = self._unreachable(error)
                wait = retries.wait_after_error(error, attempt, repeatable=repeatable)
                may_be_done |= isinstance(error, retries.BROKEN)
            else:
                if response.is_success or (may_be_done and _is_deleted(method, response)):
                    return response
                failure = _refusal(response)
                wait = retries.wait_after_refusal(response, repeatable=repeatable)
            if wait is None or not retry or attempt == self._retries:
                raise failure
            time.sleep(wait)
            attempt += 1

    def events(
        self, path: str, *, last_event_id: int | None, ends: bool = True, **parameters: Any
    ) -> Iterator[ServerSentEvent]:
        """The events of a stream; where the connection breaks it goes on after the last of them.

        `ends` says whether the stream has an end; where it has none, that it ended is a broken connection.
        """
        url, query = _address(path, parameters)
        last = None if last_event_id is None else str(last_event_id)
        failures = 0
        while True:
            try:
                for event in self._stream(url, query, last):
                    last, failures = event.id or last, 0
                    yield event
                if ends:
                    return
                raise httpx.RemoteProtocolError("the stream has ended")
            except httpx.TransportError as error:
                if failures == self._retries:
                    raise self._unreachable(error) from error
                time.sleep(retries.backoff(failures))
                failures += 1

    def _stream(
        self, url: str, query: Json, last_event_id: str | None
    ) -> Iterator[ServerSentEvent]:
        options: Json = {
            "params": query,
            "headers": {"Last-Event-ID": last_event_id} if last_event_id is not None else {},
            "timeout": httpx.Timeout(self._timeout, read=STREAM_SILENCE_SECONDS),
        }
        with connect_sse(self._http, "GET", url, **options) as source:
            if not source.response.is_success:
                source.response.read()
                raise _refusal(source.response)
            yield from source.iter_sse()

    def _unreachable(self, error: httpx.TransportError) -> UnreachableError:
        if isinstance(error, httpx.TimeoutException):
            return UnreachableError(f"{self.url} did not answer in time")
        if isinstance(error, httpx.ConnectError):
            return UnreachableError(f"no service answers at {self.url} ({error})")
        return UnreachableError(f"the connection to {self.url} broke ({error})")


def _address(path: str, parameters: Json) -> tuple[str, Json]:
    """The path with its names filled in, and the query that is left."""
    in_path = {name for _, name, *_ in string.Formatter().parse(path) if name}
    names = {name: quote(str(parameters[name]), safe="") for name in in_path}
    rest = {name: value for name, value in parameters.items() if name not in in_path}
    return path.format(**names), {name: value for name, value in rest.items() if value is not None}


def _is_deleted(method: str, response: httpx.Response) -> bool:
    """Whether there is nothing to delete, as after a DELETE whose answer was lost."""
    return method == "DELETE" and response.status_code in {httpx.codes.NOT_FOUND, httpx.codes.GONE}


def _refusal(response: httpx.Response) -> RefusedError:
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = response.text[:500] or response.reason_phrase
    return RefusedError(response.status_code, detail)


def _reached_at(url: str) -> tuple[str, httpx.HTTPTransport | None]:
    """The address that requests name, and how they get there where that is a Unix socket."""
    if url.startswith(UNIX):
        return "http://localhost", httpx.HTTPTransport(uds=url.removeprefix(UNIX).rstrip("/"))
    return url, None
