"""A photograph of 12 megapixels."""

from benchmarks.soak.world import World

PAUSE = 0.5


async def act(world: World) -> None:
    """Ask for one prediction."""
    reference, picture = world.chance.choice(world.references), world.picture(is_small=False)
    answer = await world.ask(
        "POST",
        f"/v1/models/{reference.model_id}/predictions",
        params={"top_k": len(reference.classes)},
        content=picture.content,
        headers={"Content-Type": "image/jpeg"},
    )
    if answer:
        [prediction] = answer.json()["predictions"]
        world.judge("photograph", [reference.judge_prediction(picture, prediction)])
