"""Datasets that are uploaded, replaced and deleted, at once or as a job."""

import asyncio
import io
from typing import Any

import numpy as np

from benchmarks.soak.world import World

PAUSE = 1.0
UPLOADED = frozenset({201, 202, 409})  # 409: a job still needs it
DELETED = frozenset({204, 404, 409})
NAMES = ("soak_a", "soak_b", "soak_c")
CLASSES = 3


async def act(world: World) -> None:
    """Upload a small dataset, and now and then delete one."""
    name = world.chance.choice(NAMES)
    headers = {"Prefer": "respond-async"} if world.chance.random() < 1 / 4 else {}
    content = await asyncio.to_thread(_archive, world.chance.randrange(4))
    path = f"/v1/datasets/{name}"
    await world.ask("PUT", path, accepted=UPLOADED, content=content, headers=headers)
    if world.chance.random() < 1 / 4:
        await world.ask("DELETE", path, accepted=DELETED)


def _archive(seed: int) -> bytes:
    generator = np.random.default_rng(seed)
    arrays: dict[str, Any] = {}
    for split, count in (("train", 60), ("test", 15)):
        arrays[f"x_{split}"] = generator.integers(0, 256, (count, 8, 8), dtype=np.uint8)
        arrays[f"y_{split}"] = np.arange(count) % CLASSES
    written = io.BytesIO()
    np.savez_compressed(written, **arrays)
    return written.getvalue()
