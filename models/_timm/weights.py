"""Pretrained weights of timm's networks: what timm knows of them, and how they get into a backbone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from models._timm.backbone import Backbone, Scale
from models._timm.catalogue import PREFIX
from models._torchvision import import_torchvision

#: From a state dict, whose names and shapes count, to tensors under the same names.
Fit = Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """Where timm knows weights of a network to lie, and what they expect."""

    repo: str | None  # on the hub
    licence: str | None
    scale: Scale  # of the pixels that they expect


def published_weights(architecture: str, tag: str | None) -> PublishedWeights | None:
    """What timm knows of the weights with a tag, or of those it recommends; None: nothing."""
    config = _config(architecture.removeprefix(PREFIX), tag)
    if config is None:
        return None
    return PublishedWeights(config.hf_hub_id, config.license, (config.mean, config.std))


def published_tags(architecture: str) -> tuple[str, ...]:
    """The tags of the weights that timm knows for a network."""
    import_torchvision()
    import timm

    known = timm.models.get_arch_pretrained_cfgs(architecture.removeprefix(PREFIX))
    return tuple(name.partition(".")[2] for name in known if "." in name)


def scale_of(name: str) -> Scale:
    """The scale of the pixels that a network of timm expects with the weights that timm recommends."""
    config = _config(name, None)
    return (config.mean, config.std) if config else ((0.5,) * 3, (0.5,) * 3)


def has_fixed_size(name: str) -> bool:
    """Whether the layers of a network depend on the size of its images."""
    config = _config(name, None)
    return bool(config and config.fixed_input_size)


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """What is known of the images that weights were trained on."""

    scale: Scale | None = None  # of their pixels; None: as those that timm recommends
    size: Sequence[int] | None = None  # height and width in pixels; None: not known


def load_weights(
    backbone: Backbone,
    architecture: str,
    tensors: Mapping[str, Tensor],
    fit: Fit,
    trained_on: TrainedOn,
) -> None:
    """Put pretrained weights into the body of a backbone, whose head stays as it is.

    `fit` brings `tensors` under the names of timm's network, with the classifier that they have if they
    have any, and raises an error of its own where they do not fit. Weights of grey images get the three
    equal channels of a backbone. Weights of another resolution are resampled where the network can
    (position embeddings of transformers); else RuntimeError.
    """
    name, resolution = architecture.removeprefix(PREFIX), backbone.preprocessing.resolution
    sizes = [size for size in (trained_on.size, (resolution, resolution)) if size]
    trained = _create(name, _arguments(name, tensors, sizes if has_fixed_size(name) else []))
    trained.load_state_dict(fit(trained.state_dict()))
    trained.reset_classifier(0)  # type: ignore[operator]
    if has_fixed_size(name):
        _set_resolution(trained, resolution)
    backbone.body.load_state_dict(_in_colour(name, trained.state_dict()))
    if trained_on.scale:
        backbone.preprocessing.scale = trained_on.scale


def _arguments(
    name: str, tensors: Mapping[str, Tensor], sizes: Iterable[Sequence[int]]
) -> dict[str, Any]:
    """What timm is told, so that the network has the layers of its weights.

    It has no classifier where they lack it, takes grey images where they are of such, and images of the
    first of `sizes` at which the shapes of its layers are those of the weights, else those of timm.
    """
    arguments: dict[str, Any] = {}
    if _grey_stems(name, tensors):
        arguments["in_chans"] = 1
    for size in sizes:
        sized = {**arguments, "img_size": tuple(size)}
        headless = _headless_shapes(name, sized)
        if headless and all(tensors[n].shape == headless[n] for n in headless if n in tensors):
            arguments = sized
            break
    classifier = next(iter(_layers(name, "classifier")), None)
    weight = tensors.get(f"{classifier}.weight")
    if weight is not None and weight.dim():
        arguments["num_classes"] = weight.shape[0]
    elif tensors.keys() <= _headless_shapes(name, arguments).keys():
        arguments["num_classes"] = 0
    return arguments


def _create(name: str, arguments: Mapping[str, Any]) -> nn.Module:
    import_torchvision()
    import timm

    network: nn.Module = timm.create_model(name, pretrained=False, **arguments)
    return network


def _headless_shapes(name: str, arguments: Mapping[str, Any]) -> dict[str, torch.Size]:
    """The shapes in the state dict of a network without classifier; none where it cannot be made."""
    try:
        with torch.device("meta"):
            headless = _create(name, {**arguments, "num_classes": 0})
    except (ArithmeticError, AssertionError, LookupError, RuntimeError, TypeError, ValueError):
        return {}
    return {name: tensor.shape for name, tensor in headless.state_dict().items()}


def _in_colour(name: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict for three channels: those of a grey image are equal, and their sum is as one was."""
    grey = {stem: tensors[stem].repeat(1, 3, 1, 1) / 3 for stem in _grey_stems(name, tensors)}
    return {**tensors, **grey}


def _grey_stems(name: str, tensors: Mapping[str, Tensor]) -> list[str]:
    """The weights of the first layers, where they are convolutions of images with one channel."""
    stems = [f"{layer}.weight" for layer in _layers(name, "first_conv")]
    return [
        stem
        for stem in stems
        if stem in tensors and tensors[stem].shape[1:2] == (1,) and tensors[stem].dim() == 4  # noqa: PLR2004 - of images
    ]


def _layers(name: str, role: str) -> tuple[str, ...]:
    """The layers that timm names for a role, `classifier` or `first_conv`."""
    layers = getattr(_config(name, None), role, None) or ()
    return (layers,) if isinstance(layers, str) else tuple(layers)


def _set_resolution(network: nn.Module, resolution: int) -> None:
    resize = getattr(network, "set_input_size", None)
    if resize is None:
        return  # load_state_dict() says where the shapes differ
    resize(img_size=(resolution, resolution))


def _config(name: str, tag: str | None) -> Any:  # timm's PretrainedCfg, or None where there is none
    import_torchvision()
    import timm

    if tag is None:
        return timm.get_pretrained_cfg(name)
    return timm.models.get_arch_pretrained_cfgs(name).get(f"{name}.{tag}")
