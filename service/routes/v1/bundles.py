"""Bundles: a model as a zip to use elsewhere."""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import IO

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from service.bundles.bundle import Bundle, bundle_of
from service.dependencies import Artifacts, Id, Reader
from service.routes._downloads import (
    IfNoneMatch,
    attachment,
    describe_conditional,
    respond_conditionally,
)
from workers.datasets.errors import refusing_full_disk
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

router = APIRouter(prefix="/v1", tags=["models"])

IN_MEMORY = 16 * 1024**2  # bytes of a zip; a larger one is written to disk before it is sent
CHUNK = 1024**2  # bytes that are sent at a time


@router.get(
    "/models/{model_id}/bundle",
    summary="Download a bundle",
    **describe_conditional("bundle", ["application/zip"], 404, 409, 410, 507),
)
def download_bundle(
    model_id: Id, reader: Reader, artifacts: Artifacts, if_none_match: IfNoneMatch = None
) -> Response:
    """A zip with the ONNX graph, `preprocessing.json`, class names, `predict.py`, and a model card.

    `predict.py` needs onnxruntime, numpy and Pillow alone. Carries an ETag.
    """
    model = trained_models.get(reader.session, model_id)
    bundle = bundle_of(model, reader.training_of(model), reader.quantisation_of(model))
    return respond_conditionally(
        bundle.sha256, if_none_match, lambda: _download(bundle, model, artifacts)
    )


def _download(bundle: Bundle, model: Model, artifacts: ArtifactStore) -> Response:
    file = _zip(bundle, artifacts)
    headers = {
        "Content-Disposition": attachment(model, "zip"),
        "Content-Length": str(file.tell()),
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
