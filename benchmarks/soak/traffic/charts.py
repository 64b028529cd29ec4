"""Charts, pages and numbers of a comparison, and whatever else a dashboard reads."""

from benchmarks.soak.world import World

PAUSE = 0.3
CHARTS = ("learning_curves", "confusion_matrices", "roc", "differences", "training_time")
SUFFIXES = ("svg", "png", "json")
NOT_AGAIN = frozenset({200, 304})


async def act(world: World) -> None:
    """Read a chart, twice, and one other thing."""
    comparison = f"/v1/comparisons/{world.comparison_id}"
    chart, suffix = world.chance.choice(CHARTS), world.chance.choice(SUFFIXES)
    path = f"{comparison}/charts/{chart}.{suffix}"
    answer = await world.ask("GET", path)
    if answer and "ETag" in answer.headers:
        again = {"If-None-Match": answer.headers["ETag"]}
        await world.ask("GET", path, accepted=NOT_AGAIN, headers=again)
    others = (
        f"{comparison}/leaderboard",
        f"{comparison}/statistics",
        f"{comparison}/report.html",
        "/v1/jobs",
        "/v1/models",
        "/v1/datasets",
        "/v1/storage",
        "/metrics",
    )
    await world.ask("GET", world.chance.choice(others))
