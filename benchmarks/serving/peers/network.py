"""What every peer is given: the trained network, its preprocessing, and images from a request."""

import base64
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from models import ImageShape, architectures


def described() -> dict[str, Any]:
    """The model's own description, as Bakeoff gives it."""
    found: dict[str, Any] = json.loads(Path(os.environ["BENCH_MODEL"]).read_text())
    return found


def network() -> nn.Module:
    """The trained network, ready to predict."""
    model = described()
    shape = ImageShape(**model["image_shape"])
    made = architectures[model["architecture"]](shape, len(model["classes"]), **model["options"])
    made.load_state_dict(load_file(os.environ["BENCH_WEIGHTS"]))
    return made.eval()


def pixels(images: list[str]) -> Tensor:
    """Base64 image files as normalised pixels (N, 1, H, W)."""
    decoded = [Image.open(io.BytesIO(base64.b64decode(text))).convert("L") for text in images]
    stacked = np.stack([np.asarray(image, dtype=np.float32) for image in decoded])
    return (torch.from_numpy(stacked)[:, None] / 255 - 0.5) / 0.5


def answer(probabilities: Tensor) -> list[dict[str, Any]]:
    """Label and probability of each image."""
    values, labels = probabilities.max(dim=1)
    pairs = zip(labels.tolist(), values.tolist(), strict=True)
    return [{"label": str(label), "probability": value} for label, value in pairs]
