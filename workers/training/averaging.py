"""The exponential moving average of a network's weights (Polyak & Juditsky 1992, doi:10.1137/0330046)."""

import copy
import itertools
from collections.abc import Mapping

from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


class AveragedNetwork:
    """A copy of a network whose weights follow those of the network; with a decay of 0 the network itself.

    Means and variances of batch norm are averaged as weights are, which is what timm does.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self.network = copy.deepcopy(network) if decay else network
        pairs = list(zip(_tensors_of(self.network), _tensors_of(network), strict=True))
        floats = [pair for pair in pairs if pair[0].is_floating_point()]
        self._averages = [average for average, _ in floats]
        self._weights = [weight for _, weight in floats]
        self._counters = [pair for pair in pairs if not pair[0].is_floating_point()]

    def update(self, step: int) -> None:
        """Move the average towards the weights after step `step` of the training, from 0.

        The decay is (1 + step) / (10 + step) until it reaches the recipe's, as in TensorFlow, so that
        a short training is not an average of where it began.
        """
        if not self._decay:
            return
        decay = min(self._decay, (1 + step) / (10 + step))
        get_ema_multi_avg_fn(decay)(self._averages, self._weights, 0)
        for average, counter in self._counters:
            average.copy_(counter)

    def tensors(self) -> dict[str, Tensor]:
        """The average under the names of the network's state dict; empty with a decay of 0."""
        return self.network.state_dict() if self._decay else {}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what tensors() gave."""
        if self._decay:
            self.network.load_state_dict(tensors)


def _tensors_of(network: nn.Module) -> list[Tensor]:
    """Parameters and buffers, in the memory of the network."""
    return list(itertools.chain(network.parameters(), network.buffers()))
