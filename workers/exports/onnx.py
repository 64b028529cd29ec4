"""A trained network as an ONNX graph from stored images to probabilities, checked against torch."""

import copy
import dataclasses
import io
import logging
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.onnx import symbolic_helper

from workers.engines.onnx_runtime import open_session, run
from workers.storage.artifacts import ArtifactStore
from workers.storage.retries import with_retries
from workers.training.hardware.activations import largest_activation
from workers.training.normalisation import Normalisation
from workers.training.servable import Servable

OPSET = 20
#: How many images of the test split both engines classify, and what that may cost each of them: 20
#: GFLOPs are a fraction of a second on a processor.
MIN_IMAGES, MAX_IMAGES, CHECK_FLOPS = 8, 512, 2e10
MAX_DIFFERENCE = 1e-3  # of a probability; rounding alone gives about 1e-6

logger = logging.getLogger(__name__)

Probabilities = NDArray[np.float32]


class ExportError(RuntimeError):
    """A network has no ONNX graph, or its graph computes something else."""


@dataclass(frozen=True)
class Parity:
    """How far ONNX Runtime differs from torch on real test images, both on the CPU."""

    images: int
    max_probability_difference: float
    different_labels: int


def num_images_to_check(flops: int) -> int:
    """On how many images two engines are compared that take so many FLOPs for each."""
    return int(min(max(CHECK_FLOPS / max(flops, 1), MIN_IMAGES), MAX_IMAGES))


def keep_graph(
    network: nn.Module,
    normalisation: tuple[tuple[float, ...], tuple[float, ...]],
    test_images: Tensor,
    artifacts: ArtifactStore,
    path: str,
) -> dict[str, Any]:
    """Export, check and store the graph; return its description, which the model keeps.

    A network that cannot be exported does not fail the training: the description is then
    `{"error": reason}`, and torch serves the model.
    """
    cpu = torch.device("cpu")
    servable = Servable(copy.deepcopy(network).to(cpu), Normalisation(*normalisation, cpu)).eval()
    images = test_images[:MAX_IMAGES].cpu()
    try:
        content = export(servable, images[:2].contiguous())
        parity = compare(servable, content, images)
    except ExportError as error:
        logger.warning("no ONNX graph: %s", error)
        return {"error": str(error)}
    digest = with_retries(lambda: artifacts.put(path, content))
    return {
        "path": path,
        "sha256": digest,
        "bytes": len(content),
        "opset": OPSET,
        "parity": dataclasses.asdict(parity),
    }


def export(servable: nn.Module, example: Tensor) -> bytes:
    """The graph as bytes, for any number of images; ExportError if torch cannot export the network."""
    torch.onnx.utils.register_custom_op_symbolic(
        "aten::_upsample_bicubic2d_aa", _antialiased_resize, OPSET
    )
    written = io.BytesIO()
    batch = {0: "batch"}
    with warnings.catch_warnings():
        # The tracing exporter is deprecated and takes 0.1 s; its successor takes 0.6 to 2.3 s for a
        # graph that runs no faster. See docs/decisions/0013.
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(
                servable,
                (example,),
                written,  # type: ignore[arg-type] # annotated for the other exporter
                input_names=["images"],
                output_names=["probabilities"],
                dynamic_axes={"images": batch, "probabilities": batch},
                opset_version=OPSET,
                dynamo=False,
            )
        except (RuntimeError, ValueError, TypeError) as error:
            raise ExportError(f"torch cannot export it: {_first_line(error)}") from None
    return written.getvalue()


@symbolic_helper.parse_args("v", "is", "i", "none")
def _antialiased_resize(
    graph: Any, images: Any, size: list[int], align_corners: int, scales: None
) -> Any:
    """The operator of ONNX for torch's bicubic interpolation with antialiasing, which resizes as Pillow.

    torch's exporter has none. https://onnx.ai/onnx/operators/onnx__Resize.html
    """
    del align_corners, scales
    none = graph.op("Constant", value_t=torch.tensor([], dtype=torch.float32))
    return graph.op(
        "Resize",
        images,
        none,
        none,
        graph.op("Constant", value_t=torch.tensor(size)),
        mode_s="cubic",
        antialias_i=1,
        axes_i=[2, 3],
        coordinate_transformation_mode_s="half_pixel",
        cubic_coeff_a_f=-0.5,
        exclude_outside_i=1,
    )


def compare(servable: Servable, content: bytes, images: Tensor) -> Parity:
    """Run both engines on the same images; ExportError if their probabilities differ.

    As many images at once as the activations of the network allow.
    """
    with torch.inference_mode(), largest_activation(servable.network) as largest:
        servable(images[:1])
    try:
        session = open_session(content, threads=torch.get_num_threads())
        # One image and many: a graph that is tied to the batch size of its trace fails.
        batches = [images[:1], *images.split(largest.num_images(MAX_IMAGES))]
        found = np.concatenate([run(session, batch.contiguous().numpy()) for batch in batches])
    except Exception as error:  # noqa: BLE001 - the errors of ONNX Runtime have no base but Exception
        raise ExportError(f"ONNX Runtime cannot run it: {_first_line(error)}") from None
    with torch.inference_mode():
        expected: Probabilities = torch.cat([servable(batch) for batch in batches]).numpy()
    difference = float(np.abs(found - expected).max())
    if not difference <= MAX_DIFFERENCE:
        raise ExportError(f"its probabilities differ from torch's by up to {difference:.2g}")
    different = int((found.argmax(axis=1) != expected.argmax(axis=1))[1:].sum())
    return Parity(len(images), difference, different)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
