"""Loss and accuracy of a network on a split, always in float32, as a model is served."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.datasets.seed import SEED
from workers.training.hardware.activations import largest_activation
from workers.training.hardware.streaming import PlacedSplit
from workers.training.normalisation import Normalisation
from workers.training.results import Score

BATCH_SIZE = 128  # more activations do not fit a processor's cache: docs/experiments.md


def logits(
    network: nn.Module, split: PlacedSplit, normalise: Normalisation, indices: Tensor | None = None
) -> Tensor:
    """Logits (N, num_classes) of the images of a split, on its device, in evaluation mode.

    Of all images, or of those at `indices` (N,) in their order. The network is put back into the mode
    it was in.
    """
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        with largest_activation(network) as largest:
            first = network(normalise(split.first(indices)))
        size = largest.num_images(BATCH_SIZE)
        # One tensor for all logits: kept batch by batch, each lies between the activations of the next
        # batches, and the heap grows by hundreds of megabytes.
        num_images = len(split) if indices is None else len(indices)
        found: Tensor = first.new_empty(num_images, first.shape[1])
        for images, part in zip(split.batches(size, indices), found.split(size), strict=True):
            part.copy_(network(normalise(images)))
    network.train(was_training)
    return found


def score(
    network: nn.Module, split: PlacedSplit, normalise: Normalisation, indices: Tensor | None = None
) -> Score:
    """Mean cross-entropy and accuracy of the network on a split, or on its images at `indices`."""
    labels = split.labels
    if indices is not None:
        labels = labels.index_select(0, indices.to(labels.device))
    return score_of(logits(network, split, normalise, indices), labels)


def score_of(logits: Tensor, labels: Tensor) -> Score:
    """Mean cross-entropy and accuracy of logits (N, num_classes) against labels (N,)."""
    loss = functional.cross_entropy(logits, labels)
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return Score(loss=float(loss), accuracy=float(accuracy), images=len(labels))


def fixed_sample(split: PlacedSplit, num_images: int) -> Tensor:
    """Indices of at most `num_images` images of a split: random, but the same at every call."""
    generator = torch.Generator().manual_seed(SEED)
    return torch.randperm(len(split), generator=generator)[:num_images]
