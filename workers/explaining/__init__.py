"""Explanations: which parts of an image speak for a class. One method a file, registered by decorator.

Modules with a leading underscore are machinery. captum is imported by the methods that use it, when
the first explanation is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from models import Registry
from workers.errors import BakeoffError
from workers.explaining._network import ExplainedNetwork, load_explained

__all__ = [
    "Attribution",
    "ExplainedNetwork",
    "Question",
    "UnfitMethodError",
    "default_method",
    "load_explained",
    "methods",
]


class UnfitMethodError(BakeoffError):
    """A method cannot explain a network; the message says why, and which can."""


@dataclass(frozen=True)
class Question:
    """Which parts of an image speak for a class?"""

    network: ExplainedNetwork
    image: Tensor  # (1, C, H, W), normalised, on the device of the network
    target: int  # the class
    #: Called before each pass through the network; raises where nobody waits for the answer any more.
    check: Callable[[], None]


@dataclass(frozen=True)
class Attribution:
    """What a method found: above 0 speaks for the class, below 0 against it."""

    values: Tensor  # (H, W) float32, of the size of the image
    how: str  # it was found, in words, with how fine it is


Method = Callable[[Question], Attribution]

methods: Registry[Method] = Registry("method", __name__)


def default_method(network: ExplainedNetwork) -> str:
    """The method where a request names none: HiResCAM for a network with a feature map, else occlusion."""
    return "occlusion" if network.feature_map is None else "hires_cam"
