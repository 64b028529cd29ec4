"""A small PNG, to a model by its id."""

from benchmarks.soak.world import World

PAUSE = 0.02


async def act(world: World) -> None:
    """Ask for one prediction."""
    reference, picture = world.chance.choice(world.references), world.picture()
    answer = await world.ask(
        "POST",
        f"/v1/models/{reference.model_id}/predictions",
        params={"top_k": len(reference.classes)},
        content=picture.content,
        headers={"Content-Type": "image/png"},
    )
    if answer:
        [prediction] = answer.json()["predictions"]
        world.judge("one PNG", [reference.judge_prediction(picture, prediction)])
