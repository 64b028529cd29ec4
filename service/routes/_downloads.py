"""Downloads: an ETag for what they contain, 304 where the client has it, ranges, and a name to save under."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import IO, Annotated, Any, cast

from fastapi import Depends, Response

from service.dependencies import Artifacts, CurrentSettings
from service.errors import refusals
from service.routes._conditions import RequestConditions
from service.routes._file_response import OCTETS, RangedFile
from workers.storage.full_disk import refusing_full_disk
from workers.storage.tables import Model


def describe_conditional(content: str, media_types: Iterable[str], *refused: int) -> dict[str, Any]:
    """What the documentation says of a route that answers by `respond_conditionally`."""
    return {
        "response_class": Response,
        "responses": {
            200: {"content": {media_type: {} for media_type in media_types}},
            304: {"description": f"The {content} is still the one the client has"},
            **refusals(412, *refused),
        },
    }


def describe_file(content: str, media_type: str, *refused: int) -> dict[str, Any]:
    """The same for a route whose answer is a file, of which ranges may be asked for."""
    described = describe_conditional(content, [media_type], 416, *refused)
    partial = {"description": "The bytes that `Range` asks for", "content": {media_type: {}}}
    return {**described, "responses": {**described["responses"], 206: partial}}


def respond_conditionally(
    digest: str,
    conditions: RequestConditions,
    make: Callable[[], Response],
    *,
    modified: datetime | None = None,
) -> Response:
    """The response that `make` gives, with `digest` as its ETag; 304 where the client has that content.

    `modified` is when the content was made, where it has such a time. PreconditionError.
    """
    headers = {"ETag": f'"{digest}"', "Cache-Control": "no-cache"}
    if modified:
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if conditions.not_modified(headers["ETag"], modified):
        return Response(status_code=304, headers=headers)
    response = make()
    response.headers.update(headers)
    return response


@dataclass(frozen=True)
class DownloadFiles:
    """The files that are sent: artifacts where they lie, and temporary ones that are removed once sent."""

    artifacts: Artifacts
    settings: CurrentSettings

    def artifact(self, path: str, *, sha256: str, headers: dict[str, str]) -> RangedFile:
        """An artifact. ArtifactError where it is lost or damaged; DiskFullError."""
        local = self.artifacts.local_path(path)
        if local:
            self.artifacts.check(path, sha256=sha256)
            return RangedFile(local, headers, OCTETS, is_temporary=False)
        with self.temporary() as file:
            self.artifacts.copy_to(path, file, sha256=sha256)
        return RangedFile(Path(file.name), headers, OCTETS, is_temporary=True)

    @contextmanager
    def temporary(self) -> Iterator[IO[bytes]]:
        """A file that stays once it is written whole, for a RangedFile to remove. DiskFullError."""
        folder = self.settings.downloads_folder
        folder.mkdir(parents=True, exist_ok=True)
        with (
            refusing_full_disk(folder),
            tempfile.NamedTemporaryFile(dir=folder, delete=False) as file,
        ):
            try:
                yield cast("IO[bytes]", file)
                file.flush()
            except BaseException:
                Path(file.name).unlink()
                raise


Files = Annotated[DownloadFiles, Depends()]


def attachment(model: Model, suffix: str) -> str:
    """The value of a Content-Disposition header: a file that is named for the model."""
    name = model.architecture.replace("/", "-")  # as in timm/resnet18
    return f'attachment; filename="{name}-{model.id}.{suffix}"'
