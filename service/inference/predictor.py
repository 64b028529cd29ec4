"""A model in memory, ready to classify."""

from time import perf_counter

import numpy as np

from service.inference.batcher import INLINE_SECONDS, Batcher, Classified
from service.inference.deadlines import Deadline
from service.inference.errors import OverloadedError
from service.inference.prediction_counts import PredictionCounts
from workers.datasets.images.preparation import Preparation
from workers.engines import Engine, Images
from workers.storage.tables import Model

WARM_UP_CALLS = 3


class Predictor:
    """Classifies uint8 images (N, C, H, W) with one model; warmed up when it is made."""

    def __init__(self, model: Model, engine: Engine, counts: PredictionCounts) -> None:
        self.model, self.engine, self.counts = model, engine, counts
        self.preparation = Preparation.of_model(model.preparation, model.image_shape)
        seconds = self._warm_up()
        self.is_quick = seconds < INLINE_SECONDS  # one image is computed on the event loop
        self._batcher = Batcher(engine.classify, seconds, counts.note_batch)

    async def classify(
        self, images: Images, deadline: Deadline, *, concurrent_requests: int
    ) -> Classified:
        """Probabilities and where the time went; OverloadedError, ClientGoneError."""
        asked = perf_counter()
        try:
            classified = await self._batcher.classify(
                images, deadline, concurrent_requests=concurrent_requests
            )
        except BaseException:
            self.counts.note_failure(perf_counter() - asked)
            raise
        self.counts.note(classified)
        return classified

    def check_capacity(self, num_images: int) -> None:
        """OverloadedError where so many more images cannot wait for this model."""
        try:
            self._batcher.check_capacity(num_images)
        except OverloadedError:
            self.counts.note_failure(0)
            raise

    def _warm_up(self) -> float:
        """Seconds for one image, without the work that only the first calls have."""
        image = np.zeros((1, *self.preparation.shape), dtype=np.uint8)
        seconds = []
        for _ in range(WARM_UP_CALLS):
            started = perf_counter()
            self.engine.classify(image)
            seconds.append(perf_counter() - started)
        return min(seconds)
