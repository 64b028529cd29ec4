"""Models that leave memory and come back, while others ask them."""

from benchmarks.soak.world import World

PAUSE = 1.0


async def act(world: World) -> None:
    """Unload a model, look at the index and the statistics, and load it or leave that to who asks."""
    model_id = world.chance.choice(world.references).model_id
    await world.ask("POST", f"/v2/repository/models/{model_id}/unload")
    await world.ask("POST", "/v2/repository/index")
    await world.ask("GET", f"/v2/models/{model_id}/stats")
    if world.chance.random() < 1 / 2:
        await world.ask("POST", f"/v2/repository/models/{model_id}/load")
