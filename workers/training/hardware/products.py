"""Products of float32 matrices whose factors oneDNN rounds to bfloat16: a switch in torch.

See docs.pytorch.org/docs/stable/notes/mkldnn.html. Whether oneDNN does round is up to the processor:
with AMX it does, with AVX-512 bfloat16 alone not always.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

FLOAT32_ERROR = 1e-5  # at most, relative, of a sum of 256 products; factors in bfloat16 give 8e-4
_switch: Any = getattr(torch.backends.mkldnn, "matmul", None)  # torch's stubs do not know it


@functools.cache
def can_round_to_bfloat16() -> bool:
    """Whether oneDNN rounds the factors of a product here where it may: found out by a product."""
    if not _has_onednn():
        return False
    generator = torch.Generator().manual_seed(0)
    left, right = torch.rand(2, 256, 256, generator=generator)
    exact = left.double() @ right.double()
    with rounded_to_bfloat16():
        product = left @ right
    return float((product.double() / exact - 1).abs().max()) > FLOAT32_ERROR


@contextmanager
def rounded_to_bfloat16() -> Iterator[None]:
    """Let oneDNN round the factors of products to bfloat16; sums stay float32."""
    before = _switch.fp32_precision
    _switch.fp32_precision = "bf16"
    try:
        yield
    finally:
        _switch.fp32_precision = before


def _has_onednn() -> bool:
    return _switch is not None and torch.backends.mkldnn.is_available()
