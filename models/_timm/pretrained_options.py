"""The options by which a network of timm starts from pretrained weights.

The first that is named makes a `Backbone` of the network. All are omitted at their default, since they
came after networks of timm had been stored.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from models._bounds import Bounds
from models._timm import fine_tuning

#: Name → annotation and default.
OPTIONS: dict[str, tuple[Any, Any]] = {
    "pretrained": (
        Annotated[
            bool | str,
            Bounds(
                "weights to start from: true for those that timm recommends, or a tag of timm, or the"
                " name of weights that were uploaded or put into the weights folder",
                omitted_at_default=True,
            ),
        ],
        False,
    ),
    "train": (
        Annotated[
            Literal["all", "head"],
            Bounds(
                "what is trained of a pretrained network: all of it, or its head alone, on features"
                " that are computed once",
                omitted_at_default=True,
            ),
        ],
        "all",
    ),
    "resolution": (
        Annotated[
            int,
            Bounds(
                "pixels a side to which the network resizes images; 0 takes them as they are, or with"
                " pretrained weights at the size that timm's for the network expect, which is then stored",
                0,
                1024,
                omitted_at_default=True,
            ),
        ],
        0,
    ),
    "hidden_units": (
        Annotated[
            int,
            Bounds(
                "units of a hidden layer in the head of a pretrained network; 0 makes it linear",
                0,
                4096,
                omitted_at_default=True,
            ),
        ],
        0,
    ),
    **fine_tuning.OPTIONS,
}

#: Of these, those that only a pretrained network has.
FOR_PRETRAINED = ("train", "hidden_units", *fine_tuning.OPTIONS)


def needs_weights(options: Mapping[str, Any]) -> str | None:
    """The first option that only a pretrained network has, where no weights are asked for; or None.

    `options` lacks those that are omitted at their default.
    """
    if options.get("pretrained"):
        return None
    return next((name for name in FOR_PRETRAINED if name in options), None)
