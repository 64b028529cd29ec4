"""Pretrained weights that training can start from."""

from pathlib import Path

from bakeoff.answers import Json
from bakeoff.client._resource import Resource
from bakeoff.transport.file_body import FileBody


class Weights(Resource):
    """Methods for pretrained weights."""

    def list_weights(self) -> list[Json]:
        """Pretrained weights that were uploaded, or were found for an architecture and kept."""
        return list(self._connection.items("/v1/weights"))

    def show_weights(self, name: str) -> Json:
        """Pretrained weights: the SHA-256 of their file, where they come from, and their licence."""
        return self._connection.get("/v1/weights/{name}", name=name)

    def upload_weights(self, name: str, file: Path | str) -> Json:
        """Upload a safetensors file; it takes the place of weights of that name.

        The file is streamed, and read again from its beginning when the request is sent again;
        `timeout` does not apply.
        """
        body = FileBody(Path(file))
        response = self._connection.send(
            "PUT",
            "/v1/weights/{name}",
            {"name": name},
            content=body,
            headers=body.headers,
            timeout=None,  # the service looks at every number before it answers
        )
        answer: Json = response.json()
        return answer

    def delete_weights(self, name: str) -> None:
        """Delete weights; models that were trained from them stay usable."""
        self._connection.send("DELETE", "/v1/weights/{name}", {"name": name})
