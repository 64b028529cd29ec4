"""Which epoch was best on the validation split, and whether it is time to stop."""

import math

from torch import Tensor, nn


class BestEpoch:
    """Follows the validation loss; with a patience it keeps the best weights too."""

    def __init__(self, patience: int) -> None:
        self.patience = patience  # epochs; 0: never stop early
        self.number = 0
        self.loss = math.inf
        self.weights: dict[str, Tensor] = {}

    def note(self, number: int, loss: float, network: nn.Module) -> None:
        """Take an epoch into account."""
        if loss < self.loss:
            self.number, self.loss = number, loss
            if self.patience:
                self.weights = {n: one.clone() for n, one in network.state_dict().items()}

    def is_stale(self, number: int) -> bool:
        """Whether after epoch `number` the patience is used up."""
        return 0 < self.patience <= number - self.number
