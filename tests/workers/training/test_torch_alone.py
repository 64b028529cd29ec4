"""Architectures and training import on a machine that has torch and nothing else."""

import subprocess
import sys

# Every library of pyproject.toml but torch, by the names under which they are imported, and numpy,
# without which torch works too.
BLOCKED = """
    PIL alembic fastapi fastapi_offline fsspec httpx httpx_sse imagecodecs jinja2 matplotlib
    multipart numpy onnx onnxruntime pandas prometheus_client psutil pydantic pydantic_settings
    pysqlite3 rich safetensors scipy sklearn sqlalchemy starlette timm torchmetrics torchvision
    typer uvicorn
"""

SCRIPT = f"""
import importlib, pkgutil, sys
for name in {BLOCKED.split()!r}:
    sys.modules[name] = None
import models, workers.training
for package in (models, workers.training):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
assert "workers.training.measuring.latency" in sys.modules
assert len(models.architectures) >= 8
"""


def test_every_module_of_training_imports_where_only_torch_is_installed() -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
