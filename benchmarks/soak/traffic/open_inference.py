"""The Open Inference Protocol: pixels as numbers in JSON."""

from typing import Any

import numpy as np

from benchmarks.soak.world import World

PAUSE = 0.05
MOST = 16


async def act(world: World) -> None:
    """Infer with 1 to 16 images."""
    reference = world.chance.choice(world.references)
    pictures = [world.picture() for _ in range(world.chance.randint(1, MOST))]
    pixels: Any = np.stack([picture.pixels for picture in pictures if picture.pixels is not None])
    tensor = {
        "name": "images",
        "datatype": "UINT8",
        "shape": [len(pixels), 1, *pixels.shape[1:]],
        "data": pixels.ravel().tolist(),
    }
    path = f"/v2/models/{reference.model_id}/infer"
    answer = await world.ask("POST", path, json={"inputs": [tensor]})
    if answer:
        [output] = answer.json()["outputs"]
        rows = np.reshape(output["data"], output["shape"])
        found = zip(pictures, rows, strict=True)
        world.judge("v2", [reference.judge(*each) for each in found])
