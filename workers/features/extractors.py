"""Ways to compute the features of images, all in float32: torch, and ONNX Runtime."""

import copy
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models import Backbone
from workers.engines.onnx_runtime import open_session, run
from workers.exports.onnx import ExportError, export
from workers.features.description import EngineName
from workers.training.normalisation import Normalisation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Extractor:
    """A way to compute features (N, num_features), float32 on the CPU, of uint8 images (N, C, H, W)."""

    engine: EngineName
    extract: Callable[[Tensor], Tensor]


class FeatureNetwork(nn.Module):
    """A backbone without its head: uint8 images (N, C, H, W) to features (N, num_features)."""

    def __init__(self, backbone: Backbone, device: torch.device) -> None:
        super().__init__()
        moved: Backbone = copy.deepcopy(backbone).eval()
        # torch's annotation lacks memory_format, which its documentation has.
        self.backbone = moved.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.normalise = Normalisation((0.0,), (1.0,), device)  # the same for every channel

    def forward(self, images: Tensor) -> Tensor:
        """The features (N, num_features)."""
        features: Tensor = self.backbone.features(self.normalise(images))
        return features


def extractors(backbone: Backbone, device: torch.device, example: Tensor) -> Iterator[Extractor]:
    """The ways that there are on a device, torch first; each is made when it is asked for.

    `example` (N, C, H, W) are uint8 images. On a GPU there is no ONNX Runtime: it is here for processors.
    """
    yield torch_extractor(backbone, device)
    if device.type != "cpu":
        return
    try:
        yield onnx_extractor(backbone, example)
    except ExportError as error:
        logger.info("ONNX Runtime is not tried for features: %s", error)


def torch_extractor(backbone: Backbone, device: torch.device) -> Extractor:
    """Features by torch."""
    network = FeatureNetwork(backbone, device)

    def extract(images: Tensor) -> Tensor:
        with torch.inference_mode():
            features: Tensor = network(images.to(device))
            return features.cpu()

    return Extractor("torch", extract)


def onnx_extractor(backbone: Backbone, example: Tensor) -> Extractor:
    """Features by ONNX Runtime; ExportError where the backbone has no graph that it runs."""
    network = FeatureNetwork(backbone, torch.device("cpu")).eval()
    try:
        content = export(network, example[:2].contiguous())
        session = open_session(content, threads=torch.get_num_threads())
    except Exception as error:  # noqa: BLE001 - the errors of ONNX Runtime have no base but Exception
        raise ExportError(f"ONNX Runtime cannot run it: {error}") from None

    def extract(images: Tensor) -> Tensor:
        return torch.from_numpy(run(session, images.contiguous().numpy()))

    return Extractor("onnxruntime", extract)
