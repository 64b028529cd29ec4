"""The latency of a backbone with its head, which belongs to a machine."""

import torch

from models import Backbone
from workers.datasets.image_dataset import ImageDataset
from workers.training.final_evaluation import latencies
from workers.training.hardware.streaming import StreamedSplit
from workers.training.normalisation import Normalisation, moments_of
from workers.training.results import Latency


def measure_latency_of(
    backbone: Backbone, dataset: ImageDataset, device: torch.device
) -> list[Latency]:
    """By torch in float32, as the result of a training has it. The backbone is on the CPU afterwards."""
    normalise = Normalisation(*moments_of(backbone, dataset), device)
    test = StreamedSplit(dataset.test, device)
    # torch's annotation lacks memory_format, which its documentation has.
    backbone.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    measured = latencies(backbone, normalise, test, device)
    backbone.cpu()
    return measured
