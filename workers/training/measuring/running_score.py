"""Loss and accuracy of the epoch under way, added up once for many steps, because each sum is a kernel."""

import torch
from torch import Tensor

MAX_PENDING = 32  # steps


class RunningScore:
    """Means over all images so far. add() does not wait for the device; loss() and accuracy() do."""

    def __init__(self, device: torch.device) -> None:
        self._pending: list[tuple[Tensor, Tensor, Tensor]] = []
        self._loss_sum = torch.zeros((), device=device)
        self._num_correct = torch.zeros((), device=device)
        self._num_images = 0

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        """Add a step: mean loss (), logits (N, num_classes) and labels (N,) of its images."""
        self._pending.append((loss, logits, labels))
        if len(self._pending) == MAX_PENDING:
            self._add_pending()

    @property
    def num_images(self) -> int:
        """Images seen so far."""
        return self._num_images + sum(len(labels) for _, _, labels in self._pending)

    def loss(self) -> float:
        """Mean cross-entropy."""
        self._add_pending()
        return float(self._loss_sum) / self._num_images

    def accuracy(self) -> float:
        """The share of images whose largest logit is at their label."""
        self._add_pending()
        return float(self._num_correct) / self._num_images

    def _add_pending(self) -> None:
        if not self._pending:
            return
        losses, logits, labels = zip(*self._pending, strict=True)
        sizes = [len(batch) for batch in labels]
        weights = torch.tensor(sizes, dtype=self._loss_sum.dtype)
        weights = weights.to(self._loss_sum.device, non_blocking=True)
        self._loss_sum += torch.dot(torch.stack(losses), weights)
        self._num_correct += (torch.cat(logits).argmax(dim=1) == torch.cat(labels)).sum()
        self._num_images += sum(sizes)
        self._pending.clear()
