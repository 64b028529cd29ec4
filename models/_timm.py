"""Networks of timm (github.com/huggingface/pytorch-image-models), built untrained.

timm is imported when a network is built, and here alone: that takes about a second, and the rest of the
package works where it is not installed.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import torch
from torch import Tensor, nn

from models._bounds import Bounds
from models._image_shape import ImageShape
from models._timm_table import PREFIX, TimmNetwork
from models._torchvision import import_torchvision

OPTIONS: dict[str, Any] = {
    "drop_rate": Annotated[
        float, Bounds("share of features silenced before the classifier", 0, 0.9)
    ],
    "drop_path_rate": Annotated[
        float,
        Bounds(
            "share of training images that skip the last residual branch; earlier branches are"
            " skipped by fewer (stochastic depth)",
            0,
            0.9,
        ),
    ],
}

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
    """A network cannot be built for images of this shape."""

    def __init__(self, name: str, image_shape: ImageShape, error: Exception) -> None:
        channels, height, width = image_shape
        lines = str(error).strip().splitlines() or [type(error).__name__]
        super().__init__(
            f"'{PREFIX}{name}' does not take images of {width} × {height} pixels with {channels}"
            f" channel{'s' if channels > 1 else ''}: {lines[0][:200]}"
        )


def architecture(network: TimmNetwork) -> Callable[..., nn.Module]:
    """The function that builds a network, with the options that the network has.

    It raises UnfitNetworkError where the network does not take the images.
    """

    def build(image_shape: ImageShape, num_classes: int, **options: Any) -> nn.Module:
        try:
            return _build(network.name, image_shape, num_classes, options)
        except REFUSALS as error:
            raise UnfitNetworkError(network.name, image_shape, error) from error

    options = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=0.0, annotation=OPTIONS[name]
        )
        for name in network.options
    ]
    first_two = list(inspect.signature(build).parameters.values())[:2]
    build.__name__, build.__doc__ = PREFIX + network.name, network.description
    build.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # inspect reads it
        [*first_two, *options], return_annotation=nn.Module
    )
    return build


def create(
    name: str, image_shape: ImageShape, num_classes: int, options: dict[str, Any]
) -> nn.Module:
    """The network as timm makes it for these images; an error of timm's where it cannot."""
    import_torchvision()
    import timm

    known = timm.get_pretrained_cfg(name)
    size: dict[str, Any] = {}
    if known is not None and known.fixed_input_size:  # else its layers take images of any size
        size = {"img_size": (image_shape.height, image_shape.width)}
    return timm.create_model(
        name,
        pretrained=False,
        num_classes=num_classes,
        in_chans=image_shape.channels,
        **size,
        **options,
    )


def require_logits(network: nn.Module, image_shape: ImageShape, num_classes: int) -> None:
    """Run one black image; NoLogitsError unless it gets a logit for each class, or an error of timm's.

    Nothing that the network keeps for training changes.
    """
    was_training = network.training
    network.eval()
    with torch.no_grad():
        logits = network(torch.zeros(1, *image_shape))
    network.train(was_training)
    if not isinstance(logits, Tensor) or logits.shape != (1, num_classes):
        raise NoLogitsError("it gives something else than one logit for each class")


def _build(
    name: str, image_shape: ImageShape, num_classes: int, options: dict[str, Any]
) -> nn.Module:
    network = create(name, image_shape, num_classes, options)
    require_logits(network, image_shape, num_classes)
    return network
