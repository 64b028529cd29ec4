"""Import torchvision where its compiled operators cannot load.

Package registries have no CPU build of torchvision: beside a CPU build of torch its operators are
missing, and `import torchvision` (torchmetrics does it too) fails while it looks for two of them.
Declaring the two first makes the import work; nothing in this project calls them.
"""

import importlib

import torch

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def import_torchvision() -> None:
    """Make `import torchvision` work from here on, where it is installed."""
    try:
        importlib.import_module("torchvision")
    except ModuleNotFoundError:
        return
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
        for name in ("nms", "qnms"):
            torch.library.define(f"torchvision::{name}", _SIGNATURE)
        importlib.import_module("torchvision")
