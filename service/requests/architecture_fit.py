"""Whether networks take the images of a dataset, found out before a job is enqueued.

A network of timm may be made for other sizes or for RGB alone. It is built on the meta device, which
has shapes and no numbers: that takes no memory, and a fraction of a second where it is not large.
"""

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine

from models import ImageShape, UnfitNetworkError, architectures
from service.requests.architecture_options import validate_options
from workers.datasets.stored.registration import find_description
from workers.errors import BakeoffError
from workers.storage.database import transaction

ANY_SHAPE = ImageShape(3, 32, 32)  # for a network that resizes images


class ImagesRefusedError(BakeoffError):
    """A network does not take images of the size or the channels that a dataset has."""


def find_misfit(
    database: Engine, dataset: str, wanted: Iterable[tuple[str, Mapping[str, Any]]]
) -> ImagesRefusedError | None:
    """The refusal of the first network of timm, with its options, that does not take the images.

    None where all take them, and where only a worker can tell: a dataset that is not ready has no images
    yet, and only a network that resizes them to a resolution is looked at.
    Networks are built after the transaction, which is its own. UnknownNameError, NotAClassifierError
    or OptionError where a network is asked for that there is not.
    """
    of_timm = [
        (name, json.dumps(validate_options(name, options), sort_keys=True))
        for name, options in wanted
        if architectures.is_of_timm(name)
    ]
    if not of_timm:
        return None  # the networks of this project take every image
    with transaction(database, read_only=True) as session:
        described = find_description(session, dataset)
    shape, num_classes = ANY_SHAPE, 2
    if described:
        shape, num_classes = ImageShape(*described.image_shape), len(described.classes)
    else:
        of_timm = [
            (name, options) for name, options in of_timm if json.loads(options).get("resolution")
        ]
    refusals = (_refusal(name, options, shape, num_classes) for name, options in of_timm)
    return next((ImagesRefusedError(refusal) for refusal in refusals if refusal), None)


@functools.lru_cache(maxsize=1024)
def _refusal(architecture: str, options: str, shape: ImageShape, num_classes: int) -> str | None:
    """Why a network does not take images of a shape; None where it does, or where this cannot tell."""
    try:
        architectures.build_on_meta(architecture, shape, num_classes, json.loads(options))
    except UnfitNetworkError as error:
        return str(error)
    return None
