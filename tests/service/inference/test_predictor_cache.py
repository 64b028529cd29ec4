"""Models in memory: loaded once, unloaded for good, never more than the budget."""

import asyncio
import os
from pathlib import Path

import pytest

from service.inference.model_resolver import ModelResolver
from service.inference.predictor_cache import OVERHEAD_BYTES, PredictorCache
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction


@pytest.fixture(scope="module")
def models(trained):
    with transaction(
        open_database(trained.settings.resolved_database_url), read_only=True
    ) as session:
        return trained_models.find(session, {}, limit=4).items


@pytest.fixture
def artifacts(trained):
    return ArtifactStore(trained.settings.resolved_artifacts_url)


def test_a_model_is_loaded_once_however_many_ask_for_it(models, artifacts):
    async def scenario():
        predictors = PredictorCache(artifacts, "cpu", max_bytes=10**9)
        loaded = await asyncio.gather(*(predictors.get(models[0]) for _ in range(20)))
        assert len({id(predictor) for predictor in loaded}) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(("inline_seconds", "is_quick"), [(60, True), (0, False)])
def test_only_what_takes_long_gets_all_threads(
    models, artifacts, monkeypatch, inline_seconds, is_quick
):
    monkeypatch.setattr("service.inference.predictor.INLINE_SECONDS", inline_seconds)
    predictors = PredictorCache(artifacts, "cpu", max_bytes=10**9)

    predictor = asyncio.run(predictors.get(models[0]))

    assert predictor.engine.threads == (1 if is_quick else predictors.placement.threads)


def test_one_that_stops_waiting_for_a_model_does_not_stop_the_others(models, artifacts):
    async def scenario():
        predictors = PredictorCache(artifacts, "cpu", max_bytes=10**9)
        first = asyncio.create_task(predictors.get(models[0]))
        second = asyncio.create_task(predictors.get(models[0]))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).model.id == models[0].id

    asyncio.run(scenario())


def test_the_least_recently_used_leaves_under_the_budget(models, artifacts):
    async def scenario():
        first, second, third = models[:3]
        graph_bytes = [model.onnx["bytes"] + OVERHEAD_BYTES for model in (first, second, third)]
        predictors = PredictorCache(artifacts, "cpu", max_bytes=sum(graph_bytes) - 1)
        for model in (first, second, first, third):
            await predictors.get(model)
        assert [bool(predictors.find_loaded(model.id)) for model in (first, second, third)] == [
            True,
            False,
            True,
        ]

    asyncio.run(scenario())


def resident_bytes():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc of Linux")
@pytest.mark.parametrize("name", ["onnxruntime", "torch"])
def test_memory_comes_back_over_fifty_cycles_of_load_and_unload(models, artifacts, name):
    async def scenario():
        predictors = PredictorCache(artifacts, "cpu", max_bytes=10**9)

        async def cycle():
            await predictors.get(models[0], name)
            predictors.unload(models[0].id)

        for _ in range(10):
            await cycle()
        before = resident_bytes()
        for _ in range(50):
            await cycle()
        assert resident_bytes() - before < 8 * 1024**2  # fifty models kept would be far more

    asyncio.run(scenario())


def test_a_name_is_asked_for_again_as_soon_as_anything_was_committed(trained, models):
    database = open_database(trained.settings.resolved_database_url)

    async def scenario():
        resolver = ModelResolver(database)
        for model in (models[0], models[1], models[0]):
            body = {"model_id": model.id}
            await asyncio.to_thread(trained.http.put, "/v1/aliases/moving", json=body)
            for _ in range(3):
                assert (await resolver.resolve("moving")).model.id == model.id
        resolver.close()

    asyncio.run(scenario())
