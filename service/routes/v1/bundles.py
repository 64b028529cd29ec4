"""Bundles: a model as a zip to use elsewhere."""

from pathlib import Path

from fastapi import APIRouter, Response

from service.bundles.bundle import Bundle, bundle_of
from service.dependencies import Id, Reader
from service.routes._conditions import Conditions
from service.routes._downloads import (
    DownloadFiles,
    Files,
    attachment,
    describe_file,
    respond_conditionally,
)
from service.routes._file_response import RangedFile
from workers.storage import trained_models
from workers.storage.tables import Model

router = APIRouter(prefix="/v1", tags=["models"])

ZIP = "application/zip"


@router.get(
    "/models/{model_id}/bundle",
    summary="Download a bundle",
    **describe_file("bundle", ZIP, 404, 409, 410, 503),
)
def download_bundle(model_id: Id, reader: Reader, files: Files, conditions: Conditions) -> Response:
    """A zip with the ONNX graph, `preprocessing.json`, class names, `predict.py`, and a model card.

    `predict.py` needs onnxruntime, numpy and Pillow alone. Carries an ETag; an interrupted download
    can be resumed.
    """
    model = trained_models.get(reader.session, model_id)
    bundle = bundle_of(model, reader.training_of(model), reader.quantisation_of(model))
    return respond_conditionally(bundle.sha256, conditions, lambda: _download(bundle, model, files))


def _download(bundle: Bundle, model: Model, files: DownloadFiles) -> RangedFile:
    """The zip, whole before its first byte is sent: a graph that is lost or damaged is then a refusal."""
    with files.temporary() as file:
        bundle.write(file, files.artifacts)
    headers = {"Content-Disposition": attachment(model, "zip")}
    return RangedFile(Path(file.name), headers, ZIP, is_temporary=True)
