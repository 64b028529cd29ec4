"""Loss and accuracy of a network on a split, always in float32, as a model is served."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.datasets.image_dataset import SPLIT_SEED, Split
from workers.training.normalisation import Normalisation
from workers.training.results import Score

BATCH_SIZE = 128  # more activations do not fit a processor's cache: docs/experiments.md


def logits(network: nn.Module, split: Split, normalise: Normalisation) -> Tensor:
    """Logits (N, num_classes) of every image of a split, on its device, in evaluation mode.

    The network is put back into the mode it was in.
    """
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        first = network(normalise(split.images[:1]))
        # One tensor for all logits: kept batch by batch, each lies between the activations of the next
        # batches, and the heap grows by hundreds of megabytes.
        found: Tensor = first.new_empty(len(split), first.shape[1])
        batches = zip(split.images.split(BATCH_SIZE), found.split(BATCH_SIZE), strict=True)
        for images, part in batches:
            part.copy_(network(normalise(images)))
    network.train(was_training)
    return found


def score(network: nn.Module, split: Split, normalise: Normalisation) -> Score:
    """Mean cross-entropy and accuracy of the network on a split."""
    return score_of(logits(network, split, normalise), split.labels)


def score_of(logits: Tensor, labels: Tensor) -> Score:
    """Mean cross-entropy and accuracy of logits (N, num_classes) against labels (N,)."""
    loss = functional.cross_entropy(logits, labels)
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return Score(loss=float(loss), accuracy=float(accuracy), images=len(labels))


def fixed_sample(split: Split, num_images: int) -> Split:
    """At most `num_images` images of a split, chosen at random but the same at every call."""
    generator = torch.Generator().manual_seed(SPLIT_SEED)
    order = torch.randperm(len(split), generator=generator)[:num_images]
    return split.select(order.to(split.labels.device))
