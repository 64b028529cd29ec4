"""Several files in one multipart request, now and then with a photograph between them."""

from benchmarks.soak.world import World

PAUSE = 0.1
MOST = 32
WITH_PHOTOGRAPH = 0.1  # of the requests


async def act(world: World) -> None:
    """Ask for predictions of 2 to 32 images."""
    reference = world.chance.choice(world.references)
    pictures = [world.picture() for _ in range(world.chance.randint(2, MOST))]
    if world.chance.random() < WITH_PHOTOGRAPH:
        pictures[1] = world.picture(is_small=False)
    answer = await world.ask(
        "POST",
        f"/v1/models/{reference.model_id}/predictions",
        params={"top_k": len(reference.classes)},
        files=[("images", (picture.name, picture.content)) for picture in pictures],
    )
    if answer:
        found = zip(pictures, answer.json()["predictions"], strict=True)
        world.judge("batch", [reference.judge_prediction(*each) for each in found])
