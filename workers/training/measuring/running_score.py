"""Loss and accuracy of the epoch under way."""

import torch
from torch import Tensor


class RunningScore:
    """Means over all images so far, as they were changed for the training.

    add() does not wait for the device; loss() and accuracy() do.
    """

    def __init__(self, device: torch.device) -> None:
        self.num_images = 0
        self._loss_sum = torch.zeros((), device=device)
        self._num_correct = torch.zeros((), device=device)

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        """Add a step: mean loss (), logits (N, num_classes) and labels (N,) of its images."""
        self.num_images += len(labels)
        self._loss_sum += loss * len(labels)
        self._num_correct += (logits.argmax(dim=1) == labels).sum()

    def loss(self) -> float:
        """Mean cross-entropy."""
        return float(self._loss_sum) / self.num_images

    def accuracy(self) -> float:
        """The share of images whose largest logit is at their label."""
        return float(self._num_correct) / self.num_images
