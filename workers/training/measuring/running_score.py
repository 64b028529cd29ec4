"""Loss and accuracy of an epoch under way, added up seldom: each addition is a kernel."""

import torch
from torch import Tensor

MOST_PENDING = 32  # steps


class RunningScore:
    """Means over all images so far. add() waits for nothing, the rest for the device."""

    def __init__(self, device: torch.device) -> None:
        self._pending: list[tuple[Tensor, Tensor, Tensor]] = []
        self._loss_sum = torch.zeros((), device=device)
        self._num_correct = torch.zeros((), device=device)
        self._num_images = 0

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        """Note a step: mean loss (), logits (N, num_classes) and labels (N,) of its images."""
        self._pending.append((loss, logits, labels))
        if len(self._pending) == MOST_PENDING:
            self._settle()

    @property
    def num_images(self) -> int:
        """Images seen so far."""
        return self._num_images + sum(len(labels) for _, _, labels in self._pending)

    def loss(self) -> float:
        """Mean cross-entropy."""
        self._settle()
        return float(self._loss_sum) / self._num_images

    def accuracy(self) -> float:
        """Share of images classified as labelled."""
        self._settle()
        return float(self._num_correct) / self._num_images

    def _settle(self) -> None:
        if not self._pending:
            return
        losses, logits, labels = zip(*self._pending, strict=True)
        sizes = [len(one) for one in labels]
        weights = torch.tensor(sizes, dtype=self._loss_sum.dtype)
        weights = weights.to(self._loss_sum.device, non_blocking=True)
        self._loss_sum += torch.dot(torch.stack(losses), weights)
        self._num_correct += (torch.cat(logits).argmax(dim=1) == torch.cat(labels)).sum()
        self._num_images += sum(sizes)
        self._pending.clear()
