"""The Python client: everything the HTTP API does, as methods that return its JSON.

Example:
    client = Client("http://127.0.0.1:8000")
    comparison = client.compare("mnist", ["fully_connected", "cnn"], recipe={"epochs": 2})
    for state in client.follow(comparison["id"]):
        print(state["status"])
    print(client.predict("latest", Path("three.png"))["predictions"][0]["label"])
"""

import os
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from httpx_sse import ServerSentEvent, connect_sse

Json = dict[str, Any]
FINAL = frozenset({"succeeded", "failed", "cancelled"})


class RefusedError(Exception):
    """The service refused; the message is its sentence, `status` its HTTP status."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(detail)


class Client:
    """Speaks to one service. Posts carry an Idempotency-Key: a repeat does nothing twice.

    `key` is an API key, where the service asks for one; by default that in BAKEOFF_API_KEY.
    """

    def __init__(
        self, url: str = "http://127.0.0.1:8000", *, key: str | None = None, timeout: float = 60
    ) -> None:
        self.url = url.rstrip("/")
        key = key or os.environ.get("BAKEOFF_API_KEY")
        self._http = httpx.Client(
            base_url=url,
            timeout=timeout,
            transport=httpx.HTTPTransport(retries=2),
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def is_ready(self) -> bool:
        """Whether the service answers and its database is in order."""
        try:
            return self._http.get("/health/ready").is_success
        except httpx.TransportError:
            return False

    def architectures(self) -> list[Json]:
        """Every architecture with its description and options."""
        return list(self._items("/v1/architectures"))

    def architecture(self, name: str, *, dataset: str | None = None) -> Json:
        """One architecture; with a dataset also its parameters, FLOPs and layers."""
        return self._json("GET", f"/v1/architectures/{name}", params=_given(dataset=dataset))

    def datasets(self) -> list[Json]:
        """Every dataset and its state."""
        return list(self._items("/v1/datasets"))

    def dataset(self, name: str) -> Json:
        """One dataset."""
        return self._json("GET", f"/v1/datasets/{name}")

    def fetch_dataset(self, name: str) -> Json:
        """Enqueue fetching a dataset; returns the job."""
        return self._post(f"/v1/datasets/{name}/fetch")

    def upload_dataset(self, name: str, archive: Path) -> Json:
        """Upload a zip of class folders or an .npz, streamed."""
        with archive.open("rb") as file:
            return self._json(
                "PUT",
                f"/v1/datasets/{name}",
                content=file,
                headers={"Content-Type": "application/octet-stream"},
                timeout=None,
            )

    def delete_dataset(self, name: str) -> None:
        """Delete a dataset's file."""
        self._request("DELETE", f"/v1/datasets/{name}")

    def train(self, dataset: str, architecture: str, **request: Any) -> Json:
        """Enqueue one training; `options`, `recipe`, `seed` and `priority` as in POST /v1/jobs."""
        return self._post(
            "/v1/jobs", json={"dataset": dataset, "architecture": architecture, **request}
        )

    def jobs(self, **filters: str) -> Iterator[Json]:
        """Jobs, newest first, over all pages; filters as in GET /v1/jobs."""
        return self._items("/v1/jobs", **filters)

    def job(self, job_id: str) -> Json:
        """One job with its progress and result."""
        return self._json("GET", f"/v1/jobs/{job_id}")

    def cancel(self, job_id: str) -> Json:
        """Cancel a job: at once if it waits, within a second if it runs."""
        return self._post(f"/v1/jobs/{job_id}/cancel")

    def retry(self, job_id: str) -> Json:
        """Queue a failed or cancelled job again; it goes on from its last checkpoint."""
        return self._post(f"/v1/jobs/{job_id}/retry")

    def metrics(self, job_id: str) -> list[Json]:
        """Every metric of every epoch of a job."""
        epochs: list[Json] = self._json("GET", f"/v1/jobs/{job_id}/metrics")["epochs"]
        return epochs

    def events(self, job_id: str, *, after: str | None = None) -> Iterator[ServerSentEvent]:
        """What happens to a job, as it happens, until its end; `after` is the last id seen."""
        headers = {"Last-Event-ID": after} if after else {}
        path = f"/v1/jobs/{job_id}/events"
        with connect_sse(self._http, "GET", path, headers=headers, timeout=None) as source:
            if not source.response.is_success:
                source.response.read()
                _raise_refusal(source.response)
            yield from source.iter_sse()

    def compare(self, dataset: str, architectures: Sequence[str | Json], **request: Any) -> Json:
        """Enqueue a comparison; `name`, `recipe` and `seeds` as in POST /v1/comparisons."""
        body = {"dataset": dataset, "architectures": list(architectures), **request}
        return self._post("/v1/comparisons", json=body)

    def compare_jobs(self, job_ids: Sequence[str], *, name: str = "") -> Json:
        """Compare jobs that are there: same dataset, split and recipe; nothing is trained again."""
        return self._post("/v1/comparisons", json={"jobs": list(job_ids), "name": name})

    def comparisons(self) -> Iterator[Json]:
        """Comparisons, newest first, over all pages."""
        return self._items("/v1/comparisons")

    def comparison(self, comparison_id: str) -> Json:
        """One comparison with its jobs and leaderboard."""
        return self._json("GET", f"/v1/comparisons/{comparison_id}")

    def follow(self, comparison_id: str, *, interval: float = 0.5) -> Iterator[Json]:
        """The comparison, again and again, the last time when it has ended."""
        while True:
            state = self.comparison(comparison_id)
            yield state
            if state["status"] in FINAL:
                return
            time.sleep(interval)

    def charts(self, comparison_id: str) -> list[Json]:
        """Name, title and description of every chart of a comparison."""
        return list(self._items(f"/v1/comparisons/{comparison_id}/charts"))

    def chart(self, comparison_id: str, name: str, *, suffix: str = "png") -> bytes:
        """One chart as png or svg, or the numbers behind it as json."""
        path = f"/v1/comparisons/{comparison_id}/charts/{name}.{suffix}"
        return self._request("GET", path).content

    def report(self, comparison_id: str, *, suffix: str = "html") -> bytes:
        """The report of a comparison, html or md."""
        return self._request("GET", f"/v1/comparisons/{comparison_id}/report.{suffix}").content

    def models(self) -> Iterator[Json]:
        """Trained models, newest first, over all pages."""
        return self._items("/v1/models")

    def model(self, model_id: str) -> Json:
        """One model; an alias or `latest` stands for an id."""
        return self._json("GET", f"/v1/models/{model_id}")

    def weights(self, model_id: str) -> bytes:
        """The weights of a model as safetensors."""
        return self._request("GET", f"/v1/models/{model_id}/weights").content

    def set_alias(self, alias: str, model_id: str) -> Json:
        """Let `alias` stand for a model."""
        return self._json("PUT", f"/v1/aliases/{alias}", json={"model_id": model_id})

    def predict(self, model_id: str, *images: Path, top_k: int = 3) -> Json:
        """Classify image files with a model."""
        files = [("images", (image.name, image.read_bytes())) for image in images]
        path = f"/v1/models/{model_id}/predictions"
        return self._json("POST", path, files=files, params={"top_k": top_k})

    def measure_latency(self, model_id: str, **table: Any) -> Json:
        """Enqueue measuring a model; `engines`, `batch_sizes` and `threads` as in the HTTP API."""
        return self._post(f"/v1/models/{model_id}/latency", json=table)

    def latency(self, model_id: str) -> list[Json]:
        """The tables that were measured of a model, newest first."""
        return list(self._items(f"/v1/models/{model_id}/latency"))

    def api_keys(self) -> list[Json]:
        """Every API key, without what opens anything."""
        return list(self._items("/v1/keys"))

    def create_api_key(self, name: str, scopes: Sequence[str], **request: Any) -> Json:
        """Make an API key; its text is in this answer alone, under `key`."""
        return self._json(
            "POST", "/v1/keys", json={"name": name, "scopes": list(scopes), **request}
        )

    def revoke_api_key(self, key_id: str) -> None:
        """Let an API key open nothing any more."""
        self._request("DELETE", f"/v1/keys/{key_id}")

    def _post(self, path: str, **request: Any) -> Json:
        return self._json("POST", path, headers={"Idempotency-Key": str(uuid.uuid4())}, **request)

    def _items(self, path: str, **parameters: str) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            page = self._json("GET", path, params=_given(cursor=cursor, **parameters))
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def _json(self, method: str, path: str, **request: Any) -> Json:
        answer: Json = self._request(method, path, **request).json()
        return answer

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        response = self._http.request(method, path, **request)
        if not response.is_success:
            _raise_refusal(response)
        return response


def _given(**parameters: str | None) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value is not None}


def _raise_refusal(response: httpx.Response) -> None:
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = response.text[:500] or response.reason_phrase
    raise RefusedError(response.status_code, detail)
