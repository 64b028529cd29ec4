"""Trainings that are enqueued and waited for, now and then cancelled and retried, and deleted."""

import asyncio

import httpx

from bakeoff.answers import Json
from benchmarks.soak.world import World

PAUSE = 0.5
RECIPE = {"epochs": 2, "batch_size": 64}
FINAL = {"succeeded", "failed", "cancelled"}
TOO_LATE = frozenset({200, 202, 409})  # 409: it has ended, or has not yet
DELETED = frozenset({204, 409, 410})
ATTEMPTS = 3  # after which a job whose processes were killed has failed


async def act(world: World) -> None:
    """Train a network to the end."""
    body = {"dataset": "digits", "architecture": "fully_connected", "recipe": RECIPE}
    enqueued = await world.ask("POST", "/v1/jobs", accepted={202}, json=body)
    if not enqueued:
        return
    job: Json = enqueued.json()
    world.running_job = job["id"]
    path = f"/v1/jobs/{job['id']}"
    if world.chance.random() < 1 / 4:
        await world.ask("POST", f"{path}/cancel", accepted=TOO_LATE)
        await world.ask("POST", f"{path}/retry", accepted=TOO_LATE)
    ended = await _wait(world, path)
    if ended:
        _judge(world, ended)
        await _delete(world, ended)


async def _wait(world: World, path: str) -> Json | None:
    """The job when it has ended; None where the soak ends before."""
    while not world.is_over.is_set():
        answer: httpx.Response | None = await world.ask("GET", path)
        if answer and answer.json()["status"] in FINAL:
            found: Json = answer.json()
            return found
        await asyncio.sleep(0.3)
    return None


def _judge(world: World, job: Json) -> None:
    """A job fails only where its processes were killed as often as they may be."""
    world.record.count(f"training {job['status']}")
    if job["status"] == "failed" and job["attempts"] < ATTEMPTS and not world.was_disk_full:
        world.record.note_wrong(f"job {job['id']} failed: {job['error']}")


async def _delete(world: World, job: Json) -> None:
    if job["model_id"]:
        await world.ask("DELETE", f"/v1/models/{job['model_id']}", accepted=DELETED)
    await world.ask("DELETE", f"/v1/jobs/{job['id']}", accepted=DELETED)
