"""Images on which a model was tested, named by their numbers instead of sent."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from fastapi import Request
from pydantic_core import from_json

from service.errors import TooLargeError
from service.explaining.explanation_list import MAX_IMAGES
from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import Cost, PreparedImages
from service.inference.bodies.request_images import RequestImages, read_images
from service.results.stored_images import StoredImages
from workers.datasets.images.preparation import Preparation
from workers.datasets.stored.store import DatasetGoneError, DatasetStore
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import Model

NAME = "test_images"
LONGEST_BODY = 4096  # bytes, of a body that names images and holds none
ACCEPTED = f'accepted are the numbers of 1 to {MAX_IMAGES} images, as in {{"{NAME}": [0, 17]}}'


class TestedImages:
    """Some of the images on which a model was tested: of the test split, or of the model's fold."""

    def __init__(self, model: Model, datasets: DatasetStore, indices: Sequence[int]) -> None:
        self._model, self._datasets, self._indices = model, datasets, indices

    def __len__(self) -> int:
        return len(self._indices)

    def costs(self, preparation: Preparation) -> Sequence[Cost]:
        """Nothing to speak of."""
        del preparation
        return [Cost(0.0, 0)] * len(self)

    def prepare(
        self, preparation: Preparation, part: slice, white: float | None = None
    ) -> PreparedImages:
        """Read a part of the images, which are prepared already. ImageError, DatasetGoneError."""
        del preparation, white
        model = self._model
        identity = DatasetIdentity(model.dataset_sha256, model.dataset_split)
        images = StoredImages(self._datasets, identity, model.dataset, model.folds, model.fold)()
        if images is None:
            raise DatasetGoneError(model.dataset, identity)
        indices = self._indices[part]
        for position, index in enumerate(indices, part.start or 0):
            if index >= len(images):
                raise ImageError(
                    f"{NAME}[{position}] is {index}; model '{model.id}' was tested on {len(images):,}"
                    f" images, 0 to {len(images) - 1}"
                )
        pixels = np.stack([images[index] for index in indices])
        return PreparedImages(pixels, [[] for _ in indices])


async def read_images_to_explain(
    request: Request, model: Model, datasets: DatasetStore
) -> RequestImages:
    """The images that a body names or holds, not decoded yet.

    ImageError, TooLargeError or 415 say what is accepted.
    """
    indices = await _named(request)
    if indices is not None:
        return TestedImages(model, datasets, indices)
    images = await read_images(request)
    if len(images) > MAX_IMAGES:
        raise TooLargeError(f"{len(images)} images; at most {MAX_IMAGES} are explained at once")
    return images


async def _named(request: Request) -> list[int] | None:
    """The numbers in a body of JSON with `test_images`; None for any other body. ImageError."""
    content = await request.body()
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or len(content) > LONGEST_BODY:
        return None
    try:
        body: Any = from_json(content)
    except ValueError:
        return None  # read_images() says what is accepted
    if not isinstance(body, dict) or NAME not in body:
        return None
    indices = body[NAME]
    are_numbers = isinstance(indices, list) and all(
        type(index) is int and index >= 0 for index in indices
    )
    if len(body) > 1 or not are_numbers or not 0 < len(indices) <= MAX_IMAGES:
        raise ImageError(ACCEPTED)
    return list(indices)
