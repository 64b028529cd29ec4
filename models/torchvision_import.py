"""torchvision where its compiled operators cannot load.

Package registries have no CPU build of torchvision: beside a CPU build of torch its operators are
missing, and `import torchvision` fails while it looks for two of them. Declaring the two first
makes the import work; nothing here calls them. Where the operators load, this does nothing.
"""

import importlib
from types import ModuleType

import torch

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def torchvision_models() -> ModuleType:
    """The module `torchvision.models`."""
    try:
        return importlib.import_module("torchvision.models")
    except RuntimeError as error:  # operator torchvision::nms does not exist
        if "torchvision::" not in str(error):
            raise
    for name in ("nms", "qnms"):
        torch.library.define(f"torchvision::{name}", _SIGNATURE)
    return importlib.import_module("torchvision.models")
