"""Datasets: what can be trained on."""

from collections.abc import Callable
from pathlib import Path

from bakeoff.answers import Json
from bakeoff.answers.job import Job
from bakeoff.client._resource import Resource
from bakeoff.transport.file_body import FileBody, archive_of


class Datasets(Resource):
    """Methods for datasets."""

    def list_datasets(self, *, search: str | None = None) -> list[Json]:
        """Every dataset that can be fetched or has been uploaded, with its state; or those that fit."""
        return list(self._connection.items("/v1/datasets", search=search))

    def show_dataset(self, name: str) -> Json:
        """One dataset: its state, and when it is ready its shape, classes, sizes and checksum."""
        return self._connection.get("/v1/datasets/{name}", name=name)

    def list_dataset_classes(self, name: str) -> list[Json]:
        """Every class of a dataset, with the number of its images in each split."""
        return list(self._connection.items("/v1/datasets/{name}/classes", name=name))

    def upload_dataset(  # noqa: PLR0913 - each parameter is one of the API
        self,
        name: str,
        archive: Path | str,
        *,
        size: str | None = None,
        fit: str | None = None,
        test_share: float | None = None,
        damaged: str | None = None,
        prefer: str | None = None,
        sent: Callable[[int], None] | None = None,
    ) -> Json:
        """Upload a folder of pictures, or an archive in any format of the service; return the dataset.

        It takes the place of a dataset of that name. A folder is packed into a zip first. The file is
        streamed, and read again from its beginning when the request is sent again; `timeout` does not
        apply.

        Args:
            name: Of the dataset.
            archive: A folder, or a file.
            size: Of every image in pixels: "64", or "96x128" for width and height.
            fit: What is done with images of other proportions: "crop", "pad" or "stretch".
            test_share: What is held out for testing where there is no test split.
            damaged: "refuse", or "skip" to leave damaged images out and count them.
            prefer: "respond-async" to get the job that prepares the upload instead of the dataset.
            sent: Is told how many bytes have been sent.
        """
        options = {"size": size, "fit": fit, "test_share": test_share, "damaged": damaged}
        with archive_of(Path(archive)) as file:
            body = FileBody(file, sent)
            response = self._connection.send(
                "PUT",
                "/v1/datasets/{name}",
                {"name": name, **options},
                content=body,
                headers={**body.headers, **({"Prefer": prefer} if prefer else {})},
                timeout=None,  # the service reads every image before it answers
            )
        answer: Json = response.json()
        return answer

    def resize_dataset(self, name: str, new_name: str, *, size: str, fit: str = "crop") -> Job:
        """Enqueue making the upload behind a dataset at another size, as dataset `new_name`.

        Not sent again after it may have arrived: it would be made twice.
        """
        body = {"new_name": new_name, "size": size, "fit": fit}
        path = "/v1/datasets/{name}/geometry"
        return Job(self._connection.post(path, body, name=name, repeatable=False))

    def show_dataset_images(
        self,
        name: str,
        *,
        split: str = "train",
        label: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> Json:
        """Images of a split, or of one class of it, as PNG in data URLs, as networks see them."""
        query = {"split": split, "label": label, "limit": limit, "offset": offset}
        return self._connection.get("/v1/datasets/{name}/images", name=name, **query)

    def show_dataset_image(
        self, name: str, split: str, index: int, *, content: str | None = None
    ) -> bytes:
        """One image of a split as PNG, as networks see it.

        With `content`, from a list of images, it is refused where the dataset has other content now.
        """
        path = "/v1/datasets/{name}/images/{split}/{index}.png"
        return self._connection.download(path, name=name, split=split, index=index, content=content)

    def check_dataset(self, name: str) -> Job:
        """Enqueue a job that checks a dataset, beside trainings; one that waits already is returned.

        After a training it looks for label errors, too.
        """
        return Job(self._connection.post("/v1/datasets/{name}/checks", name=name))

    def show_dataset_checks(self, name: str) -> Json:
        """What the last checks of a dataset found: duplicates, leaks, small classes, label errors."""
        return self._connection.get("/v1/datasets/{name}/checks", name=name)

    def draw_dataset_check(self, name: str, check: str) -> bytes:
        """The first images that a check found, as a contact sheet in PNG."""
        return self._connection.download(
            "/v1/datasets/{name}/checks/{check}.png", name=name, check=check
        )

    def show_dataset_deletion(self, name: str) -> Json:
        """The files that would go with a dataset at once and for good, and what forbids deleting it."""
        return self._connection.get("/v1/datasets/{name}/deletion", name=name)

    def delete_dataset(self, name: str) -> None:
        """Delete a dataset's file; models that were trained on it stay usable."""
        self._connection.send("DELETE", "/v1/datasets/{name}", {"name": name})

    def fetch_dataset(self, name: str) -> Job:
        """Enqueue a job that makes a dataset ready; one that waits or runs already is returned."""
        return Job(self._connection.post("/v1/datasets/{name}/fetch", name=name))
