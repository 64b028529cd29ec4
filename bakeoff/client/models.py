"""Trained models, their aliases, and the engines that compute them."""

from collections.abc import Iterator, Sequence

from bakeoff.answers import Json
from bakeoff.client._resource import Resource, omit_none


class Models(Resource):
    """Methods for models, aliases and engines."""

    def list_models(
        self,
        *,
        dataset: str | None = None,
        architecture: str | None = None,
        search: str | None = None,
        tag: str | None = None,
    ) -> Iterator[Json]:
        """Models, newest first; only those that all filters fit."""
        filters = {"dataset": dataset, "architecture": architecture, "search": search, "tag": tag}
        return self._connection.items("/v1/models", **filters)

    def show_model(self, model_id: str) -> Json:
        """One model; an alias or `latest` stands for an id."""
        return self._connection.get("/v1/models/{model_id}", model_id=model_id)

    def label_model(
        self,
        model_id: str,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> Json:
        """Change the name, the note or the tags of a model; `""` and `[]` clear, None leaves it."""
        body = omit_none(name=name, note=note, tags=tags)
        path = "/v1/models/{model_id}"
        return self._connection.patch(path, body, model_id=model_id)

    def show_model_deletion(self, model_id: str) -> Json:
        """The jobs and files that would go with a model, and what forbids deleting it."""
        path = "/v1/models/{model_id}/deletion"
        return self._connection.get(path, model_id=model_id)

    def delete_model(self, model_id: str) -> None:
        """Delete a model, with what `show_model_deletion` says; it can be restored for a day."""
        self._connection.send("DELETE", "/v1/models/{model_id}", {"model_id": model_id})

    def restore_model(self, model_id: str) -> Json:
        """Bring a deleted model back, with all that went with it.

        Not sent again after it may have arrived: a second time it is refused.
        """
        path = "/v1/models/{model_id}/restore"
        return self._connection.post(path, model_id=model_id, repeatable=False)

    def download_weights(self, model_id: str) -> bytes:
        """The weights as safetensors, under the names of the `state_dict`; refused for an int8 model."""
        return self._connection.download("/v1/models/{model_id}/weights", model_id=model_id)

    def download_onnx(self, model_id: str) -> bytes:
        """The network as an ONNX graph: `images` (uint8, N×C×H×W) in, `probabilities` out."""
        return self._connection.download("/v1/models/{model_id}/onnx", model_id=model_id)

    def download_bundle(self, model_id: str) -> bytes:
        """A zip with the ONNX graph, `preprocessing.json`, class names, `predict.py`, and a model card."""
        return self._connection.download("/v1/models/{model_id}/bundle", model_id=model_id)

    def list_aliases(self) -> list[Json]:
        """Every alias and the model it stands for."""
        return list(self._connection.items("/v1/aliases"))

    def set_alias(
        self,
        alias: str,
        model_id: str | None = None,
        *,
        engine: str | None = None,
        version: int | None = None,
    ) -> Json:
        """Let a name stand for a model, computed by an engine, or go back to a version of it.

        Sent again after a broken connection it may count one version more; the model is the same.
        """
        body = omit_none(model_id=model_id, engine=engine, version=version)
        return self._connection.put("/v1/aliases/{alias}", body, alias=alias)

    def list_alias_versions(self, alias: str) -> list[Json]:
        """What an alias has stood for, newest first."""
        return list(self._connection.items("/v1/aliases/{alias}/versions", alias=alias))

    def list_engines(self) -> list[Json]:
        """Every way to compute a model's probabilities."""
        return list(self._connection.items("/v1/engines"))
