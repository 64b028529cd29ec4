"""Datasets: what can be trained on."""

from pathlib import Path

from bakeoff.answers import Json
from bakeoff.answers.job import Job
from bakeoff.client._resource import Resource
from bakeoff.transport.file_body import FileBody


class Datasets(Resource):
    """Methods for datasets."""

    def list_datasets(self) -> list[Json]:
        """Every dataset that can be fetched or has been uploaded, with its state."""
        return list(self._connection.items("/v1/datasets"))

    def show_dataset(self, name: str) -> Json:
        """One dataset: its state, and when it is ready its shape, classes, sizes and checksum."""
        return self._connection.get("/v1/datasets/{name}", name=name)

    def upload_dataset(self, name: str, archive: Path | str) -> Json:
        """Upload a zip of class folders or an .npz; return the dataset.

        It takes the place of a dataset of that name. The file is streamed, and read again from its
        beginning when the request is sent again; `timeout` does not apply.
        """
        body = FileBody(Path(archive))
        response = self._connection.send(
            "PUT",
            "/v1/datasets/{name}",
            {"name": name},
            content=body,
            headers=body.headers,
            timeout=None,  # the service reads every image before it answers
        )
        answer: Json = response.json()
        return answer

    def delete_dataset(self, name: str) -> None:
        """Delete a dataset's file; models that were trained on it stay usable."""
        self._connection.send("DELETE", "/v1/datasets/{name}", {"name": name})

    def fetch_dataset(self, name: str) -> Job:
        """Enqueue a job that makes a dataset ready; one that waits or runs already is returned."""
        return Job(self._connection.post("/v1/datasets/{name}/fetch", name=name))
