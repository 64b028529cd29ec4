"""An alias that moves from model to model, and predictions by it: each is that of the model it names."""

from benchmarks.soak.world import World

PAUSE = 0.2
ALIAS = "soak"
MISSING = frozenset({200, 404})  # before the alias was set for the first time


async def act(world: World) -> None:
    """Move the alias, and ask it."""
    chosen = world.chance.choice(world.references)
    await world.ask("PUT", f"/v1/aliases/{ALIAS}", json={"model_id": chosen.model_id})
    picture = world.picture()
    answer = await world.ask(
        "POST",
        f"/v1/models/{ALIAS}/predictions",
        accepted=MISSING,
        params={"top_k": len(chosen.classes)},
        content=picture.content,
        headers={"Content-Type": "image/png"},
    )
    if answer and answer.is_success:
        said = answer.json()
        named = {reference.model_id: reference for reference in world.references}
        [prediction] = said["predictions"]
        world.judge("alias", [named[said["model_id"]].judge_prediction(picture, prediction)])
