"""Bodies of backbones at a resolution, which is refused with those that the network takes."""

import contextlib
from typing import Any

import torch
from torch import nn

from models._image_shape import ImageShape
from models._out_of_memory import is_out_of_memory
from models._timm import creating
from models._timm.catalogue import PREFIX, TimmNetwork
from models._timm.creating import REFUSALS, UnfitNetworkError

#: Resolutions of which the smallest that a network takes is named where another is refused.
TRIED = range(32, 161, 32)


class UnfitResolutionError(UnfitNetworkError):
    """A backbone does not take images of the resolution that is asked for."""


def build_body(
    network: TimmNetwork, resolution: int, options: dict[str, Any]
) -> tuple[nn.Module, object]:
    """A network without its classifier, and what it gives for an image; UnfitResolutionError."""
    shape = ImageShape(3, resolution, resolution)
    try:
        body = creating.create(network.name, shape, 0, options)
        return body, creating.trial(body, shape)
    except REFUSALS as error:
        if is_out_of_memory(error):
            raise
        raise UnfitResolutionError(
            f"'{PREFIX}{network.name}' does not take a resolution of {resolution} pixels; it takes"
            f" {_accepted_resolutions(network, options)}"
        ) from error


def _accepted_resolutions(network: TimmNetwork, options: dict[str, Any]) -> str:
    """What a network takes, in words: each network is tried without numbers, which takes no memory."""
    made_for = f"{network.side}, which it was made for"
    for resolution in TRIED:
        shape = ImageShape(3, resolution, resolution)
        with contextlib.suppress(*REFUSALS), torch.device("meta"):
            creating.trial(creating.create(network.name, shape, 0, options), shape)
            return (
                f"{resolution}, the smallest multiple of {TRIED.step} that it does, and {made_for}"
            )
    return made_for
