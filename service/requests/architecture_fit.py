"""Whether networks take the images of a dataset, found out before a job is enqueued.

A network of timm may be made for other sizes or for RGB alone. It is built on the meta device, which
has shapes and no numbers: that takes no memory, and a fraction of a second where it is not large.
"""

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from sqlalchemy import Engine
from torch import nn

from models import ImageShape, UnfitNetworkError, architectures
from service.requests.architecture_options import validate_options
from workers.datasets.stored.registration import find_description
from workers.errors import BakeoffError
from workers.queue.dependencies import trains_head
from workers.storage.database import transaction

ANY_SHAPE = ImageShape(3, 32, 32)  # for a network that resizes images


class ImagesRefusedError(BakeoffError):
    """A network does not take images of the size or the channels that a dataset has."""


def find_misfit(
    database: Engine,
    dataset: str,
    wanted: Iterable[tuple[str, Mapping[str, Any]]],
    batch_size: int,
) -> ImagesRefusedError | None:
    """The refusal of the first network, with its options, that does not take the images.

    That is one of timm, or with batches of one image any that normalises over a batch.

    None where all take them, and where only a worker can tell: a dataset that is not ready has no images
    yet, and only a network that resizes them to a resolution is looked at.
    Networks are built after the transaction, which is its own. UnknownNameError, NotAClassifierError
    or OptionError where a network is asked for that there is not.
    """
    is_single = batch_size == 1
    doubtful = [
        (name, json.dumps(validate_options(name, options), sort_keys=True))
        for name, options in wanted
        if is_single or architectures.is_of_timm(name)
    ]
    if not doubtful:
        return None  # the networks of this project take every image
    with transaction(database, read_only=True) as session:
        described = find_description(session, dataset)
    shape, num_classes = ANY_SHAPE, 2
    if described:
        shape, num_classes = ImageShape(*described.image_shape), len(described.classes)
    else:
        doubtful = [
            (name, options) for name, options in doubtful if json.loads(options).get("resolution")
        ]
    refusals = (
        _refusal(name, options, shape, num_classes, is_single=is_single)
        for name, options in doubtful
    )
    return next((ImagesRefusedError(refusal) for refusal in refusals if refusal), None)


@functools.lru_cache(maxsize=1024)
def _refusal(
    architecture: str, options: str, shape: ImageShape, num_classes: int, *, is_single: bool
) -> str | None:
    """Why a network does not take images of a shape; None where it does, or where this cannot tell."""
    chosen = json.loads(options)
    try:
        network = architectures.build_on_meta(architecture, shape, num_classes, chosen)
    except UnfitNetworkError as error:
        return str(error)
    if network is None or not is_single or trains_head(chosen):
        return None
    if not _trains_on_one(network, shape):
        return (
            f"'{architecture}' normalises over the images of a batch (batch norm), and cannot be trained"
            " on batches of one; take a batch_size of 2 or more"
        )
    return None


def _trains_on_one(network: nn.Module, shape: ImageShape) -> bool:
    try:
        network.train()(torch.empty(1, *shape, device="meta"))
    except ValueError:  # torch: more than one value per channel is expected in training
        return False
    return True
