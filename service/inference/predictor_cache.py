"""The predictors in memory: loaded on first use; over the budget the least recently used leaves."""

import asyncio
from collections import OrderedDict
from dataclasses import replace

import torch

from service.inference.deadlines import without_stop_iteration
from service.inference.prediction_counts import PredictionCounts
from service.inference.predictor import Predictor
from workers.engines import EngineLoader, Placement, default_engine, engines
from workers.processors import num_processors
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model
from workers.training.hardware.allocator import return_freed_memory

OVERHEAD_BYTES = 1024**2  # of a predictor beside its weights

Key = tuple[str, str]  # model id, engine


class PredictorCache:
    """Predictors by model and engine, all on one event loop."""

    def __init__(self, artifacts: ArtifactStore, device: str, *, max_bytes: int) -> None:
        self._artifacts, self._max_bytes = artifacts, max_bytes
        # Without the GPU that the settings ask for it serves on the CPU; each answer says where it ran.
        on_gpu = device in {"auto", "cuda"} and torch.cuda.is_available()
        self.placement = Placement("cuda" if on_gpu else "cpu", num_processors())
        self._loaded: OrderedDict[Key, Predictor] = OrderedDict()
        self._unloaded: set[str] = set()  # ids of models that were unloaded and not used since
        self.counts: dict[Key, PredictionCounts] = {}
        self._loading: dict[Key, asyncio.Task[Predictor]] = {}

    async def get(self, model: Model, engine: str | None = None) -> Predictor:
        """The predictor of a model by an engine, or by the fastest.

        UnknownNameError for an engine there is not, EngineError, ArtifactError.
        """
        name = engine or default_engine(model, self.placement)
        key, load = (model.id, name), engines[name]
        self._unloaded.discard(model.id)
        predictor = self._loaded.get(key)
        if predictor is None:
            return await self._load(key, model, load)
        self._loaded.move_to_end(key)
        return predictor

    def find_loaded(self, model_id: str) -> list[Predictor]:
        """The predictors of a model that are in memory."""
        return [predictor for key, predictor in self._loaded.items() if key[0] == model_id]

    def is_unloaded(self, model_id: str) -> bool:
        """Whether the model was unloaded, and not used since."""
        return model_id in self._unloaded

    def unload(self, model_id: str) -> None:
        """Let a model leave memory until it is used again. Requests that have begun are finished."""
        self._unloaded.add(model_id)
        for key in [key for key in self._loaded if key[0] == model_id]:
            del self._loaded[key]
        return_freed_memory()

    async def _load(self, key: Key, model: Model, load: EngineLoader) -> Predictor:
        """Load a model once for all requests that arrive meanwhile, even if they are given up."""
        if key not in self._loading:
            make = without_stop_iteration(self._make)
            loading = asyncio.create_task(asyncio.to_thread(make, key, model, load))
            self._loading[key] = loading
            loading.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(self._loading[key])

    def _make(self, key: Key, model: Model, load: EngineLoader) -> Predictor:
        """Load a model by an engine; a quick one gets a single thread of ONNX Runtime.

        More threads take longer to wake, on cores that HTTP needs. torch has one number of threads for
        the whole process, so with it the number stays as it is.
        """
        counts = self.counts.setdefault(key, PredictionCounts(*key))
        if key[1] == "onnxruntime":
            on_one_thread = replace(self.placement, threads=1)
            predictor = Predictor(model, load(model, self._artifacts, on_one_thread), counts)
            if predictor.is_quick:
                return predictor
        return Predictor(model, load(model, self._artifacts, self.placement), counts)

    def _keep(self, key: Key, loading: asyncio.Task[Predictor]) -> None:
        del self._loading[key]
        if loading.cancelled() or loading.exception():
            return
        self._loaded[key] = loading.result()
        while len(self._loaded) > 1 and self._num_bytes() > self._max_bytes:
            self._loaded.popitem(last=False)
            return_freed_memory()

    def _num_bytes(self) -> int:
        return sum(
            predictor.engine.num_bytes + OVERHEAD_BYTES for predictor in self._loaded.values()
        )
