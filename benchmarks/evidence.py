"""Where and with what something was measured."""

import platform
from importlib.metadata import version

import torch

from workers.training.hardware.device import device_name, resolve


def evidence(*packages: str) -> str:
    """Device, threads and versions, for the head of a page."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", *packages))
    device = device_name(resolve("auto"))
    return f"{device}, {torch.get_num_threads()} threads, Python {platform.python_version()}, {versions}"
