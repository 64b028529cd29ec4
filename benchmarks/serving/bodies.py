"""What the servers are asked: a trained network, and the bodies that are sent to it."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from bakeoff import Client
from benchmarks.ports import free_port
from benchmarks.serving.load import Body
from benchmarks.serving.servers import V2
from service.commands._processes import run_processes
from workers.settings import Settings

ONE_PNG, MANY_PNG = "one PNG", "64 PNG"

Content = tuple[bytes, str, int]  # a body, its media type, images in it


def train(folder: Path) -> dict[str, Any]:
    """A CNN for 28×28, made by the service itself; its description and weights lie in `folder`."""
    settings = Settings(data=folder / "data", port=free_port(), device="cpu")
    with run_processes(settings, log_folder=folder) as up, Client(up.url) as client:
        address = f"{up.url}/v1/datasets/enlarged"
        httpx.put(address, content=_enlarged_digits(), timeout=60).raise_for_status()
        asked = client.create_comparison("enlarged", ["cnn"], recipe={"epochs": 2}, seeds=1)
        *_, ended = client.follow_comparison(asked["id"])
        model: dict[str, Any] = client.show_model(ended["jobs"][0]["model_id"])
        (folder / "weights.safetensors").write_bytes(client.download_weights(model["id"]))
    (folder / "model.json").write_text(json.dumps(model))
    return model


def _enlarged_digits() -> bytes:
    """scikit-learn's digits, enlarged from 8×8 to 28×28, as an .npz."""
    images, labels = load_digits(return_X_y=True)
    large = [
        np.asarray(Image.fromarray(image.reshape(8, 8).astype(np.uint8) * 15).resize((28, 28)))
        for image in images
    ]
    written = io.BytesIO()
    pixels, half = np.stack(large), len(labels) // 2
    np.savez(
        written,
        x_train=pixels[:half],
        y_train=labels[:half],
        x_test=pixels[half:],
        y_test=labels[half:],
    )
    return written.getvalue()


def make_bodies(folder: Path) -> dict[str, Body]:
    """What is sent: every server takes JSON; the others are for ours alone."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (64, 28, 28), dtype=np.uint8)
    files = []
    for image in pixels:
        written = io.BytesIO()
        Image.fromarray(image).save(written, "PNG")
        files.append(written.getvalue())
    encoded = [base64.b64encode(file).decode() for file in files]
    array = io.BytesIO()
    np.save(array, pixels)
    contents = {
        **_json("", lambda images: {"images": images}, encoded),
        **_json(V2, _tensor, encoded),
        "one PNG, raw": (files[0], "image/png", 1),
        "64 images, .npy": (array.getvalue(), "application/x-npy", 64),
    }
    bodies = {}
    for number, (name, (content, kind, images)) in enumerate(contents.items()):
        path = folder / f"body-{number}"
        path.write_bytes(content)
        bodies[name] = Body(path, kind, images)
    return bodies


def _json(form: str, wrap: Callable[[list[str]], Any], images: list[str]) -> dict[str, Content]:
    return {
        f"{name}{form}": (json.dumps(wrap(some)).encode(), "application/json", len(some))
        for name, some in ((ONE_PNG, images[:1]), (MANY_PNG, images))
    }


def _tensor(images: list[str]) -> dict[str, Any]:
    """Images as a tensor of the Open Inference Protocol."""
    tensor = {"name": "images", "datatype": "BYTES", "shape": [len(images)], "data": images}
    return {"inputs": [tensor]}
