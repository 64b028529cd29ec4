"""The predictors in memory: loaded on first use, the least recently used leaves under the budget."""

import asyncio
import ctypes
import os
import platform
from collections import OrderedDict
from dataclasses import replace

import torch

from service.inference.prediction_counts import PredictionCounts
from service.inference.predictor import Predictor
from workers.engines import Placement, default_engine, engines
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

OVERHEAD_BYTES = 1024**2  # of a predictor beside its weights

Key = tuple[str, str]  # model id, engine


class PredictorCache:
    """PredictorCache by model and engine, all on one event loop."""

    def __init__(self, artifacts: ArtifactStore, device: str, *, most_bytes: int) -> None:
        self._artifacts, self._most_bytes = artifacts, most_bytes
        # Serving goes on without the GPU that training asks for; each answer says where it ran.
        on_gpu = device in {"auto", "cuda"} and torch.cuda.is_available()
        threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        self.placement = Placement("cuda" if on_gpu else "cpu", threads)
        self._loaded: OrderedDict[Key, Predictor] = OrderedDict()
        self._unwanted: set[str] = set()  # ids of models that somebody has unloaded
        self.statistics: dict[Key, PredictionCounts] = {}
        self._loading: dict[Key, asyncio.Task[Predictor]] = {}

    async def get(self, model: Model, engine: str | None = None) -> Predictor:
        """The predictor of a model by an engine, or by the fastest. EngineError, ArtifactError."""
        key = (model.id, engine or default_engine(model, self.placement))
        self._unwanted.discard(model.id)
        predictor = self._loaded.get(key)
        if predictor is None:
            return await self._load(key, model)
        self._loaded.move_to_end(key)
        return predictor

    def loaded(self, model_id: str) -> list[Predictor]:
        """The predictors of a model that are in memory."""
        return [one for (owner, _), one in self._loaded.items() if owner == model_id]

    def is_wanted(self, model_id: str) -> bool:
        """Whether nobody has unloaded the model without using it again since."""
        return model_id not in self._unwanted

    def unload(self, model_id: str) -> None:
        """Let a model leave memory until it is used again. Requests that have begun are finished."""
        self._unwanted.add(model_id)
        for key in [key for key in self._loaded if key[0] == model_id]:
            del self._loaded[key]
        _return_freed_memory()

    async def _load(self, key: Key, model: Model) -> Predictor:
        """Load it once, however many ask for it meanwhile, and however few still do when it is there."""
        if key not in self._loading:
            loading = asyncio.create_task(asyncio.to_thread(self._make, key[1], model))
            self._loading[key] = loading
            loading.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(self._loading[key])

    def _make(self, engine: str, model: Model) -> Predictor:
        """One thread for a quick model: others take longer to wake, from cores that HTTP needs.

        torch has one number of threads for the whole process, so it stays as it is.
        """
        statistics = self.statistics.setdefault(
            (model.id, engine), PredictionCounts(model.id, engine)
        )
        if engine == "onnxruntime":
            on_one_thread = replace(self.placement, threads=1)
            made = engines[engine](model, self._artifacts, on_one_thread)
            predictor = Predictor(model, made, statistics)
            if predictor.is_quick:
                return predictor
        made = engines[engine](model, self._artifacts, self.placement)
        return Predictor(model, made, statistics)

    def _keep(self, key: Key, loading: asyncio.Task[Predictor]) -> None:
        del self._loading[key]
        if loading.cancelled() or loading.exception():
            return
        self._loaded[key] = loading.result()
        while len(self._loaded) > 1 and self._num_bytes() > self._most_bytes:
            self._loaded.popitem(last=False)
            _return_freed_memory()

    def _num_bytes(self) -> int:
        return sum(one.engine.num_bytes + OVERHEAD_BYTES for one in self._loaded.values())


def _return_freed_memory() -> None:
    """Give it back to the system, which glibc would not: the budget is of memory that others can have."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL("libc.so.6").malloc_trim(0)
