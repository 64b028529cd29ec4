"""The largest batch of a model whose latency can be measured without taking too much memory."""

import torch

from models import ImageShape, architectures
from workers.storage.tables import Model
from workers.training.hardware.activations import MAX_LATENCY_BYTES, largest_activation
from workers.training.servable import as_evaluated


def largest_batch_size(model: Model, most: int) -> int:
    """The most images, up to `most`, whose largest activation keeps within MAX_LATENCY_BYTES."""
    shape = ImageShape(*model.image_shape)
    name, num_classes = model.architecture, len(model.classes)
    network = architectures.build_on_meta(name, shape, num_classes, model.options)
    if network is None:  # it needs numbers to run, and fits the memory, since it was trained
        network = architectures[name](shape, num_classes, **model.options)
    served = as_evaluated(network, test_flips=model.test_flips).eval()
    device = next(network.parameters()).device
    with torch.inference_mode(), largest_activation(served) as largest:
        served(torch.zeros(1, *shape, device=device))
    return largest.num_images(most, MAX_LATENCY_BYTES)


def too_large(batch_size: int, most: int) -> str:
    """Why a batch is not measured, of which at most `most` images can be."""
    return (
        f"the largest activation of {batch_size} images takes more than"
        f" {MAX_LATENCY_BYTES // 2**20} MiB; up to {most} can be measured"
    )
