"""Dropout (Srivastava et al. 2014, jmlr.org/papers/v15/srivastava14a.html) with 16 random bits a feature."""

import torch
from torch import Tensor, nn

NUM_VALUES = 2**16  # of 16 bits
LOWEST_INT64, LOWEST_INT16 = -(2**63), -(2**15)


def use_16_bit_dropout(network: nn.Module) -> None:
    """Replace every `nn.Dropout` of a network by `SixteenBitDropout`.

    Dropout that works in place is kept as it is: torchvision's networks were always trained with
    torch's own, and a resumed training has to end in the same bits.
    """
    for parent in list(network.modules()):
        for name, layer in parent.named_children():
            if type(layer) is nn.Dropout and not layer.inplace:
                parent.register_module(name, SixteenBitDropout(layer.p))


class SixteenBitDropout(nn.Dropout):
    """Zeroes each feature with probability p in training and scales the others to keep the mean.

    On the CPU torch draws one random number for each feature. Here one number of 64 bits serves four
    features, which is eight times as fast. The probability p, below 1, is rounded to a multiple of
    1/65,536.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map features of any shape to features of that shape; in evaluation nothing changes."""
        if not self.training or x.device.type != "cpu":
            return super().forward(x)
        kept = round((1 - self.p) * NUM_VALUES)
        mask = _random_int16(x.shape) <= kept - 1 + LOWEST_INT16
        return x * (mask.to(x.dtype) * (NUM_VALUES / kept))


def _random_int16(shape: torch.Size) -> Tensor:
    """Uniformly distributed over all 65,536 values."""
    number = shape.numel()
    four_each = torch.empty(-(-number // 4), dtype=torch.int64).random_(LOWEST_INT64, None)
    return four_each.view(torch.int16)[:number].view(shape)
