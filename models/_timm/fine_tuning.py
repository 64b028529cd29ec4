"""How a pretrained backbone is trained together with its head: the rate of each layer, and batch norm."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from torch import nn

from models._bounds import Bounds

#: Name → annotation and default.
OPTIONS: dict[str, tuple[Any, Any]] = {
    "backbone_rate": (
        Annotated[
            float,
            Bounds(
                "the learning rate of a pretrained backbone over that of its head",
                1e-4,
                1,
                omitted_at_default=True,
            ),
        ],
        0.3,
    ),
    "layer_decay": (
        Annotated[
            float,
            Bounds(
                "the learning rate of a layer of a pretrained backbone over that of the layer after it;"
                " 1 trains all at the same rate",
                0.1,
                1,
                omitted_at_default=True,
            ),
        ],
        1.0,
    ),
    "batch_norm_statistics": (
        Annotated[
            Literal["moving", "frozen"],
            Bounds(
                "means and variances of batch norm in a pretrained backbone: moving follows the"
                " batches, frozen keeps those of the pretraining; scale and shift are trained in both",
                omitted_at_default=True,
            ),
        ],
        "moving",
    ),
}

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class NoLayersError(ValueError):
    """timm does not say what the layers of a network are."""


def batch_norms(network: nn.Module) -> Iterator[nn.Module]:
    """The layers of a network that normalise by batch."""
    return (layer for layer in network.modules() if isinstance(layer, BATCH_NORMS))


def rate_factors(body: nn.Module, backbone_rate: float, layer_decay: float) -> dict[str, float]:
    """By what the learning rate is multiplied, for each parameter of a network of timm by its name.

    The last layer has `backbone_rate`, each before it `layer_decay` times that of the layer after it.
    What a layer is timm says, as for its own layer-wise decay (Clark et al. 2020, arXiv:2003.10555):
    a residual block or a transformer block, the stem, and all that comes after the last block.
    NoLayersError where it does not say.
    """
    names = [name for name, _ in body.named_parameters()]
    if layer_decay == 1:
        return dict.fromkeys(names, backbone_rate)
    layers = _number_layers(body)
    last = max(layers.values())
    return {name: backbone_rate * layer_decay ** (last - layers.get(name, last)) for name in names}


def _number_layers(body: nn.Module) -> dict[str, int]:
    """Parameter → the number of its layer, from the image on."""
    import timm

    matcher: Any = getattr(body, "group_matcher", None)
    if matcher is None:
        raise NoLayersError
    numbers: dict[str, int] = timm.models.group_parameters(body, matcher(), reverse=True)
    return numbers
