"""A model loaded in memory, ready to classify."""

from time import perf_counter

import numpy as np

from models import ImageShape
from service.inference.batcher import INLINE_SECONDS, Batcher, Classified, Deadline
from service.inference.errors import OverloadedError
from service.inference.prediction_counts import PredictionCounts
from workers.engines import Engine, Images
from workers.storage.tables import Model

WARM_UP_CALLS = 3


class Predictor:
    """Classifies uint8 images (N, C, H, W) with one model; warmed up before anybody sees it."""

    def __init__(self, model: Model, engine: Engine, statistics: PredictionCounts) -> None:
        self.model, self.engine, self.statistics = model, engine, statistics
        self.shape = ImageShape(*model.image_shape)
        seconds = self._warm_up()
        self.is_quick = seconds < INLINE_SECONDS  # so that one image is computed on the event loop
        self._batcher = Batcher(engine.classify, seconds)

    async def classify(self, images: Images, deadline: Deadline) -> Classified:
        """Probabilities and where the time went; OverloadedError, ClientGoneError."""
        asked = perf_counter()
        try:
            classified = await self._batcher.classify(images, deadline)
        except BaseException:
            self.statistics.note_failure(perf_counter() - asked)
            raise
        self.statistics.note(classified)
        return classified

    def check_room(self, num_images: int) -> None:
        """OverloadedError where so many more images cannot wait for it."""
        try:
            self._batcher.check_room(num_images)
        except OverloadedError:
            self.statistics.note_failure(0)
            raise

    @property
    def num_batches(self) -> int:
        """How many times the engine has been called since it was loaded."""
        return self._batcher.num_batches

    def _warm_up(self) -> float:
        """Seconds for one image, once what is done only the first time is done."""
        image = np.zeros((1, *self.shape), dtype=np.uint8)
        seconds = []
        for _ in range(WARM_UP_CALLS):
            started = perf_counter()
            self.engine.classify(image)
            seconds.append(perf_counter() - started)
        return min(seconds)
