"""Which GPUs there are, found without importing torch."""

import os
import shutil
import subprocess


def gpu_ids() -> list[str]:
    """The ids CUDA_VISIBLE_DEVICES takes, one for each GPU this process may use."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return [gpu_id for gpu_id in visible.split(",") if gpu_id and gpu_id != "-1"]
    command = shutil.which("nvidia-smi")
    if command is None:
        return []
    listed = subprocess.run(  # noqa: S603 - a fixed command
        [command, "--query-gpu=index", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return listed.stdout.split() if listed.returncode == 0 else []
