"""The epoch with the best validation loss, and when to stop early."""

import math

from torch import Tensor, nn


class BestEpoch:
    """Tracks the lowest validation loss; with a patience also the weights of that epoch."""

    def __init__(self, patience: int) -> None:
        self.patience = patience  # epochs; 0: never stop early
        self.number = 0
        self.loss = math.inf
        self.weights: dict[str, Tensor] = {}

    def update(self, number: int, loss: float, network: nn.Module) -> None:
        """Compare epoch `number` and its validation loss with the best so far."""
        if loss < self.loss:
            self.number, self.loss = number, loss
            if self.patience:
                self.weights = {n: tensor.clone() for n, tensor in network.state_dict().items()}

    def patience_is_used_up(self, number: int) -> bool:
        """Whether epoch `number` is the last that may pass without a lower validation loss."""
        return 0 < self.patience <= number - self.number
