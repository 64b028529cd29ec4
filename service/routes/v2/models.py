"""The Open Inference Protocol: the tensors, readiness and configuration of a model."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.errors import refusals
from service.inference.bodies.errors import ProtocolError
from service.inference.bodies.limits import MAX_IMAGES
from service.inference.bodies.tensors import INPUT, OUTPUT
from service.inference.model_resolver import Resolved
from service.inference.predictor_cache import PredictorCache
from service.routes.v2._versions import ModelName, Version, engine_of, find, versions_of

router = APIRouter(prefix="/v2", tags=["open inference protocol"])

PLATFORMS = {"onnxruntime": "onnxruntime_onnx", "torch": "pytorch_eager"}  # project and format


class TensorDocument(BaseModel):
    """A tensor a model takes or gives; −1 is any number of images."""

    name: str
    datatype: str
    shape: list[int]


class ModelMetadata(BaseModel):
    """What the protocol calls the metadata of a model."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorDocument]
    outputs: list[TensorDocument]
    labels: list[str]


class ConfigTensor(BaseModel):
    """A tensor, without the dimension of the batch."""

    name: str
    data_type: str
    dims: list[int]


class ModelConfiguration(BaseModel):
    """The configuration of a model, as Triton's clients read it."""

    name: str
    platform: str
    backend: str
    max_batch_size: int
    input: list[ConfigTensor]
    output: list[ConfigTensor]
    dynamic_batching: dict[str, int]


class ModelReady(BaseModel):
    """Whether a model is in memory and warmed up."""

    name: str
    ready: bool = True


@router.get("/models/{name}", summary="Model metadata", responses=refusals(404, 410))
async def model_metadata(name: ModelName, request: Request) -> ModelMetadata:
    """The tensors of a model and its versions; those of an alias are what it has stood for."""
    return await _metadata(request, name, None)


@router.get(
    "/models/{name}/versions/{version}",
    summary="Metadata of a version",
    responses=refusals(404, 410),
)
async def version_metadata(name: ModelName, version: Version, request: Request) -> ModelMetadata:
    """The tensors of what an alias stood for in this version."""
    return await _metadata(request, name, version)


async def _metadata(request: Request, name: str, version: str | None) -> ModelMetadata:
    found = await find(request, name, version)
    model = found.model
    versions = await versions_of(request, name)
    return ModelMetadata(
        name=name,
        versions=versions,
        platform=platform_of(engine_of(request, found)),
        inputs=[TensorDocument(name=INPUT, datatype="UINT8", shape=[-1, *model.image_shape])],
        outputs=[TensorDocument(name=OUTPUT, datatype="FP32", shape=[-1, len(model.classes)])],
        labels=model.classes,
    )


@router.get("/models/{name}/ready", summary="Is a model ready?", responses=refusals(400, 404, 410))
async def model_ready(name: ModelName, request: Request) -> ModelReady:
    """Loads the model and warms it up, and then says that it is ready; 400 if it was unloaded."""
    return await _make_ready(request, name, None)


@router.get(
    "/models/{name}/versions/{version}/ready",
    summary="Is a version ready?",
    responses=refusals(400, 404, 410),
)
async def version_ready(name: ModelName, version: Version, request: Request) -> ModelReady:
    """Whether the model of this version of an alias is ready."""
    return await _make_ready(request, name, version)


async def _make_ready(request: Request, name: str, version: str | None) -> ModelReady:
    found = await find(request, name, version)
    predictors: PredictorCache = request.app.state.predictors
    if predictors.is_unloaded(found.model.id):
        raise ProtocolError(f"model '{name}' was unloaded; load it, or use it")
    await predictors.get(found.model, found.engine)
    return ModelReady(name=name)


@router.get("/models/{name}/config", summary="Model configuration", responses=refusals(404, 410))
async def model_configuration(name: ModelName, request: Request) -> ModelConfiguration:
    """Batch size and tensors of a model, as perf_analyzer asks for them."""
    return _configuration(request, name, await find(request, name, None))


@router.get(
    "/models/{name}/versions/{version}/config",
    summary="Configuration of a version",
    responses=refusals(404, 410),
)
async def version_configuration(
    name: ModelName, version: Version, request: Request
) -> ModelConfiguration:
    """Batch size and tensors of the model of this version of an alias."""
    return _configuration(request, name, await find(request, name, version))


def _configuration(request: Request, name: str, found: Resolved) -> ModelConfiguration:
    model, engine = found.model, engine_of(request, found)
    return ModelConfiguration(
        name=name,
        platform=platform_of(engine),
        backend=engine,
        max_batch_size=MAX_IMAGES,
        input=[ConfigTensor(name=INPUT, data_type="TYPE_UINT8", dims=model.image_shape)],
        output=[ConfigTensor(name=OUTPUT, data_type="TYPE_FP32", dims=[len(model.classes)])],
        dynamic_batching={"max_queue_delay_microseconds": 0},
    )


def platform_of(engine: str) -> str:
    """The protocol's name of an engine; our own where it has none."""
    return PLATFORMS.get(engine, engine)
