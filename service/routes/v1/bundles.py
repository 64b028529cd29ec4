"""Bundles: a model as a zip to use elsewhere."""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from service.bundles.bundle import Bundle, bundle_of
from service.dependencies import Artifacts, Id, Reader
from service.errors import refusals
from workers.datasets.errors import refusing_full_disk
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore

router = APIRouter(prefix="/v1", tags=["models"])

IN_MEMORY = 16 * 1024**2  # bytes of a zip; a larger one is written to disk before it is sent
CHUNK = 1024**2  # bytes that are sent at a time


@router.get(
    "/models/{model_id}/bundle",
    summary="Download a bundle",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {}}},
        304: {"description": "The bundle is still the one the client has"},
        **refusals(404, 409, 410, 507),
    },
)
def download_bundle(
    model_id: Id,
    reader: Reader,
    artifacts: Artifacts,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A zip with the ONNX graph, `preprocessing.json`, class names, `predict.py`, and a model card.

    `predict.py` needs onnxruntime, numpy and Pillow alone. Carries an ETag.
    """
    model = trained_models.get(reader.session, model_id)
    bundle = bundle_of(model, reader.training_of(model), reader.quantisation_of(model))
    caching = {"ETag": f'"{bundle.sha256}"', "Cache-Control": "no-cache"}
    if caching["ETag"] in (if_none_match or ""):
        return Response(status_code=304, headers=caching)
    file = _zip(bundle, artifacts)
    name = f"{model.architecture.replace('/', '-')}-{model.id}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(file.tell()),
        **caching,
    }
    return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)


def _zip(bundle: Bundle, artifacts: ArtifactStore) -> IO[bytes]:
    """The zip, whole before its first byte is sent: a graph that is lost or damaged is then a refusal."""
    with contextlib.ExitStack() as opened:
        file = opened.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        with refusing_full_disk("the service keeps temporary files"):
            bundle.write(file, artifacts)
        opened.pop_all()
    return file


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk
