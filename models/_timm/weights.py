"""Pretrained weights of timm's networks: what timm knows of them, and how they get into a backbone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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


def load_weights(
    backbone: Backbone,
    architecture: str,
    tensors: Mapping[str, Tensor],
    fit: Fit,
    scale: Scale | None = None,
) -> None:
    """Put pretrained weights into the body of a backbone, whose head stays as it is.

    `fit` brings `tensors` under the names of timm's network, with the classifier that they have, and
    raises an error of its own where they do not fit. `scale` is that of the pixels that the weights
    expect; None: as those that timm recommends. Weights of another resolution are resampled where the
    network can (position embeddings of transformers); else RuntimeError.
    """
    name = architecture.removeprefix(PREFIX)
    trained = _trained_network(name, tensors)
    trained.load_state_dict(fit(trained.state_dict()))
    trained.reset_classifier(0)  # type: ignore[operator]
    if has_fixed_size(name):
        _set_resolution(trained, backbone.preprocessing.resolution)
    backbone.body.load_state_dict(trained.state_dict())
    if scale:
        backbone.preprocessing.scale = scale


def _trained_network(name: str, tensors: Mapping[str, Tensor]) -> nn.Module:
    """The network as timm makes it for the images and the number of classes of its weights."""
    import_torchvision()
    import timm

    config = _config(name, None)
    classifier = config.classifier if config else None
    first = classifier[0] if isinstance(classifier, tuple) else classifier
    weight = tensors.get(f"{first}.weight")
    classes: dict[str, Any] = {} if weight is None else {"num_classes": weight.shape[0]}
    network: nn.Module = timm.create_model(name, pretrained=False, **classes)
    return network


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
