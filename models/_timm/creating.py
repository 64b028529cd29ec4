"""Networks as timm makes them, and whether they take an image."""

from typing import Any

import torch
from torch import Tensor, nn

from models._image_shape import ImageShape
from models._timm.weights import has_fixed_size
from models._torchvision import import_torchvision

#: By these a network says, when it is built or run, that it does not take an image.
REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class NoLogitsError(ValueError):
    """A network gives something else than one logit for each class."""


class UnfitNetworkError(ValueError):
    """A network cannot be built for these images, or with these options."""


def create(
    name: str, image_shape: ImageShape, num_classes: int, options: dict[str, Any]
) -> nn.Module:
    """The network as timm makes it for these images; an error of timm's where it cannot.

    With 0 classes it has no classifier and gives features.
    """
    import_torchvision()
    import timm

    size: dict[str, Any] = {}
    if has_fixed_size(name):
        size = {"img_size": (image_shape.height, image_shape.width)}
    return timm.create_model(
        name,
        pretrained=False,
        num_classes=num_classes,
        in_chans=image_shape.channels,
        **size,
        **options,
    )


def trial(network: nn.Module, image_shape: ImageShape) -> object:
    """What a network makes of one black image; an error of timm's where it does not take it.

    Nothing that the network keeps for training changes.
    """
    was_training = network.training
    network.eval()
    with torch.no_grad():
        output: object = network(torch.zeros(1, *image_shape))
    network.train(was_training)
    return output


def require_logits(network: nn.Module, image_shape: ImageShape, num_classes: int) -> None:
    """NoLogitsError unless an image gets a logit for each class, or an error of timm's."""
    logits = trial(network, image_shape)
    if not isinstance(logits, Tensor) or logits.shape != (1, num_classes):
        raise NoLogitsError("it gives something else than one logit for each class")
