"""Networks of timm, built untrained: with the options that each has, or refused with a reason."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from torch import Tensor, nn

from models._bounds import Bounds
from models._image_shape import ImageShape
from models._out_of_memory import is_out_of_memory
from models._timm import creating
from models._timm.backbone import Backbone, Preprocessing, make_head
from models._timm.catalogue import PREFIX, TimmNetwork
from models._timm.creating import REFUSALS, NoLogitsError, UnfitNetworkError
from models._timm.fine_tuning import NoLayersError, rate_factors
from models._timm.pretrained_options import OPTIONS
from models._timm.resolutions import UnfitResolutionError, build_body
from models._timm.weights import scale_of

#: Of timm: they silence parts of a network while it trains. The networks that have them are in the table.
DROP_OPTIONS: dict[str, Any] = {
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


def architecture(network: TimmNetwork) -> Callable[..., nn.Module]:
    """The function that builds a network, with the options that the network has.

    It raises UnfitNetworkError where the network does not take the images, and torch's own error where
    the memory does not hold it.
    """

    def build(image_shape: ImageShape, num_classes: int, **options: Any) -> nn.Module:
        try:
            return _build(network, image_shape, num_classes, options)
        except NoLayersError as error:
            raise UnfitNetworkError(
                f"'{PREFIX}{network.name}' takes no 'layer_decay': timm does not say what its layers are"
            ) from error
        except UnfitResolutionError:
            raise
        except REFUSALS as error:
            if is_out_of_memory(error):
                raise  # the machine has too little memory, whatever the images
            refusal = f"{_does_not_take(image_shape)}: {_first_line(error)}"
            raise UnfitNetworkError(f"'{PREFIX}{network.name}' {refusal}") from error

    options = [
        *(_option(name, DROP_OPTIONS[name], 0.0) for name in network.options),
        *(_option(name, annotation, default) for name, (annotation, default) in OPTIONS.items()),
    ]
    first_two = list(inspect.signature(build).parameters.values())[:2]
    build.__name__, build.__doc__ = PREFIX + network.name, network.description
    build.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # inspect reads it
        [*first_two, *options], return_annotation=nn.Module
    )
    return build


def _does_not_take(image_shape: ImageShape) -> str:
    channels, height, width = image_shape
    plural = "s" if channels > 1 else ""
    return f"does not take images of {width} × {height} pixels with {channels} channel{plural}"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]


def _option(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=default, annotation=annotation)


def _build(
    network: TimmNetwork, image_shape: ImageShape, num_classes: int, options: dict[str, Any]
) -> nn.Module:
    ours = {name: options.pop(name, default) for name, (_, default) in OPTIONS.items()}
    if ours["pretrained"] or ours["resolution"]:
        return _build_backbone(network, image_shape, num_classes, options, ours)
    built = creating.create(network.name, image_shape, num_classes, options)
    creating.require_logits(built, image_shape, num_classes)
    return built


def _build_backbone(
    network: TimmNetwork,
    image_shape: ImageShape,
    num_classes: int,
    options: dict[str, Any],
    ours: dict[str, Any],
) -> Backbone:
    if image_shape.channels not in {1, 3}:
        raise ValueError("accepted are grey images and RGB")
    resolution = ours["resolution"] or network.side
    preprocessing = Preprocessing(image_shape, resolution, *scale_of(network.name))
    body, features = build_body(network, resolution, options)
    if not isinstance(features, Tensor) or features.shape != features.shape[:2]:
        raise NoLogitsError("without its classifier it does not give one vector for each image")
    head = make_head(features.shape[1], num_classes, hidden_units=ours["hidden_units"])
    factors = {}
    if ours["pretrained"]:
        factors = rate_factors(body, ours["backbone_rate"], ours["layer_decay"])
    return Backbone(
        preprocessing,
        body,
        head,
        features.shape[1],
        rate_factors=factors,
        freezes_batch_norm=ours["batch_norm_statistics"] == "frozen",
    )
