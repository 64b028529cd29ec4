"""How good a network is on a split. Always in float32, which is how a model is served."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.datasets.image_dataset import Split
from workers.training.normalisation import Normalisation
from workers.training.results import Score

BATCH_SIZE = 128  # activations of more leave a processor's cache: docs/experiments.md


def logits(network: nn.Module, split: Split, normalise: Normalisation) -> Tensor:
    """Logits (N, num_classes) of every image of a split, on its device; the mode is restored."""
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        first = network(normalise(split.images[:1]))
        # One place for all: answers kept one by one lie between the activations of the next batches,
        # and the heap grows by hundreds of megabytes.
        answer: Tensor = first.new_empty(len(split), first.shape[1])
        for images, part in zip(
            split.images.split(BATCH_SIZE), answer.split(BATCH_SIZE), strict=True
        ):
            part.copy_(network(normalise(images)))
    network.train(was_training)
    return answer


def score(network: nn.Module, split: Split, normalise: Normalisation) -> Score:
    """Mean cross-entropy and accuracy of the network on a split."""
    return score_of(logits(network, split, normalise), split.labels)


def score_of(logits: Tensor, labels: Tensor) -> Score:
    """Mean cross-entropy and accuracy of logits (N, num_classes) against labels (N,)."""
    loss = functional.cross_entropy(logits, labels)
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return Score(loss=float(loss), accuracy=float(accuracy), images=len(labels))
