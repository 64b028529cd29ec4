"""How a processor multiplies matrices of float32 numbers: the switch of oneDNN.

It says how far oneDNN may round what it reads, and whether torch asks oneDNN at all. See
docs.pytorch.org/docs/stable/notes/mkldnn.html.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

FLOAT32_ERROR = 1e-5  # relative, of a product of 256 × 256; bfloat16 would be off by 3e-3
_switch: Any = getattr(torch.backends.mkldnn, "matmul", None)  # torch's stubs do not know it


def use_onednn() -> None:
    """Let oneDNN compute products to float32 rounding, where it can.

    On AMD processors MKL's float32 products run at less than half of its speed.
    """
    if _switch is None or not torch.backends.mkldnn.is_available():
        return
    left, right = torch.rand(256, 256), torch.rand(256, 256)
    exact = left.double() @ right.double()
    before = _switch.fp32_precision
    _switch.fp32_precision = "bf16"
    if ((left @ right).double() / exact - 1).abs().max() > FLOAT32_ERROR:
        _switch.fp32_precision = before  # this processor really rounds


@contextmanager
def in_bfloat16() -> Iterator[None]:
    """Round what enters a product to bfloat16, where the hardware multiplies that; sums stay float32."""
    before = _switch.fp32_precision
    _switch.fp32_precision = "bf16"
    try:
        yield
    finally:
        _switch.fp32_precision = before
