"""Where and with what serving was measured."""

import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from benchmarks.serving.servers import MLSERVER_PYTHON
from workers.training.hardware.device import device_name, resolve

PACKAGES = ("fastapi", "uvicorn", "litserve", "torch", "onnxruntime", "pillow")


def evidence() -> str:
    """Machine and versions, of what is installed."""
    versions = []
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            versions.append(f"{name} {version(name)}")
    machine = f"{device_name(resolve('cpu'))}, {os.cpu_count()} cores, {platform.system()}"
    return f"{machine}; Python {platform.python_version()}, {', '.join(versions)}{_mlserver()}"


def _mlserver() -> str:
    if not MLSERVER_PYTHON.exists():
        return ""
    asked = "from importlib.metadata import version; print(version('mlserver'))"
    shown = subprocess.check_output([MLSERVER_PYTHON, "-c", asked], text=True)  # noqa: S603 - ours
    return f", mlserver {shown.strip()} in an environment of its own"
