"""The Open Inference Protocol, `/v2`: for scripts that know it; Triton's client speaks it too."""

from collections.abc import Sequence
from typing import Any

from bakeoff.answers import Json
from bakeoff.client._resource import Resource, omit_none


class InferenceProtocol(Resource):
    """Methods of the Open Inference Protocol; `name` is the id or an alias of a model.

    Tensors are JSON. None of the methods changes anything but what is in memory, so all are sent
    again like a GET. An inference with a `timeout` is sent once: it is answered in time or refused.
    """

    def server_metadata(self) -> Json:
        """Name and version of the server, and the extensions of the protocol that it has."""
        return self._connection.get("/v2")

    def server_live(self) -> Json:
        """An answer as long as the process lives."""
        return self._connection.get("/v2/health/live")

    def server_ready(self) -> Json:
        """An answer when the database is reached and its schema is current."""
        return self._connection.get("/v2/health/ready")

    def repository_index(self, *, ready: bool = False) -> list[Json]:
        """Every alias and the newest models; with `ready` only those in memory."""
        body = {"ready": ready}
        answer: list[Json] = self._connection.send(
            "POST", "/v2/repository/index", {}, json=body
        ).json()
        return answer

    def load_model(self, name: str) -> None:
        """Load a model and warm it up; on return it is ready."""
        self._connection.post("/v2/repository/models/{name}/load", name=name)

    def unload_model(self, name: str) -> None:
        """Let a model leave memory; the next request for it loads it again."""
        self._connection.post("/v2/repository/models/{name}/unload", name=name)

    def all_statistics(self) -> Json:
        """What was counted of every model that was used since the service started."""
        return self._connection.get("/v2/models/stats")

    def model_statistics(self, name: str) -> Json:
        """What was counted of a model since the service started; durations are in nanoseconds."""
        return self._connection.get("/v2/models/{name}/stats", name=name)

    def version_statistics(self, name: str, version: int | str) -> Json:
        """What was counted of what an alias stood for in a version."""
        path = "/v2/models/{name}/versions/{version}/stats"
        return self._connection.get(path, name=name, version=version)

    def model_metadata(self, name: str) -> Json:
        """The tensors of a model, its labels and its versions."""
        return self._connection.get("/v2/models/{name}", name=name)

    def version_metadata(self, name: str, version: int | str) -> Json:
        """The tensors of what an alias stood for in a version."""
        path = "/v2/models/{name}/versions/{version}"
        return self._connection.get(path, name=name, version=version)

    def model_ready(self, name: str) -> Json:
        """Load a model, and then say that it is ready; refused with 400 if it was unloaded."""
        return self._connection.get("/v2/models/{name}/ready", name=name)

    def version_ready(self, name: str, version: int | str) -> Json:
        """The same of what an alias stood for in a version."""
        path = "/v2/models/{name}/versions/{version}/ready"
        return self._connection.get(path, name=name, version=version)

    def model_configuration(self, name: str) -> Json:
        """Batch size and tensors of a model."""
        return self._connection.get("/v2/models/{name}/config", name=name)

    def version_configuration(self, name: str, version: int | str) -> Json:
        """Batch size and tensors of what an alias stood for in a version."""
        path = "/v2/models/{name}/versions/{version}/config"
        return self._connection.get(path, name=name, version=version)

    def infer(
        self,
        name: str,
        inputs: Sequence[Json],
        *,
        outputs: Sequence[Json] | None = None,
        parameters: Json | None = None,
        scale: float | None = None,
    ) -> Json:
        """The probabilities of `images`: numbers from 0 to 255 as N×C×H×W, or base64 of files.

        Args:
            name: Id or alias of a model.
            inputs: Tensors of `name`, `datatype`, `shape` and `data`.
            outputs: `name` and `parameters` of the wanted tensors.
            parameters: Of the request, such as `timeout` in microseconds.
            scale: The number that is white, as in `predict`.
        """
        body = omit_none(inputs=inputs, outputs=outputs, parameters=parameters)
        return self._infer("/v2/models/{name}/infer", body, name=name, scale=scale)

    def infer_by_version(
        self,
        name: str,
        version: int | str,
        inputs: Sequence[Json],
        *,
        outputs: Sequence[Json] | None = None,
        parameters: Json | None = None,
        scale: float | None = None,
    ) -> Json:
        """The same by what an alias stood for in a version."""
        body = omit_none(inputs=inputs, outputs=outputs, parameters=parameters)
        path = "/v2/models/{name}/versions/{version}/infer"
        return self._infer(path, body, name=name, version=version, scale=scale)

    def _infer(self, path: str, body: Json, **parameters: Any) -> Json:
        has_timeout = "timeout" in body.get("parameters", {})
        response = self._connection.send("POST", path, parameters, retry=not has_timeout, json=body)
        answer: Json = response.json()
        return answer
