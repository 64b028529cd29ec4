"""The registry of architectures: those of this package, and beside them the networks of timm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import nn

from models._image_shape import ImageShape
from models._out_of_memory import is_out_of_memory
from models._registry import Registry, UnknownNameError
from models._timm import building
from models._timm.catalogue import PREFIX, TimmNetwork, find, networks
from models._timm.creating import UnfitNetworkError

__all__ = ["Architecture", "Architectures", "CatalogueEntry", "UnfitNetworkError"]

#: Builds an untrained network that maps float images (N, C, H, W) to logits (N, num_classes):
#: `(image_shape, num_classes, *, options)`, every option annotated with `Bounds`. A network of timm
#: that takes no such images raises UnfitNetworkError.
Architecture = Callable[..., nn.Module]

COUNTED_SHAPE, COUNTED_CLASSES = ImageShape(3, 32, 32), 10  # of the networks of this package


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An architecture as the catalogue shows it.

    Parameters are counted for 10 classes of RGB images of `image_shape`: 32 × 32 pixels, or where the
    network is timm's the size that it was made for.
    """

    name: str
    description: str
    image_shape: ImageShape
    num_parameters: int
    is_pretrained: bool  # whether weights of it are published that were trained on other images


class Architectures(Registry[Architecture]):
    """The architectures of this package; `in` and `[]` accept the networks of timm, too.

    Iteration and length leave those of timm out: they are a catalogue of over a thousand, of which
    not every network takes every image.
    """

    def __getitem__(self, name: str) -> Architecture:
        if self.is_of_timm(name):
            return building.architecture(find(name))
        of_timm = PREFIX + name.lower().removeprefix(PREFIX)
        if not super().__contains__(name.lower()) and of_timm in self:
            raise UnknownNameError(self.kind, name, [of_timm])
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        if isinstance(name, str) and self.is_of_timm(name):
            return name in networks()
        return super().__contains__(name)

    def is_of_timm(self, name: str) -> bool:
        """Whether a name is one of timm's networks, known or not."""
        return name.startswith(PREFIX)

    @cached_property
    def catalogue(self) -> dict[str, CatalogueEntry]:
        """All that can be trained: those of this package, then timm's, first the recommended ones."""
        own = {name: self._own_entry(name) for name in self}
        return own | {name: _entry(name, each) for name, each in networks().items()}

    def build_on_meta(
        self, name: str, image_shape: ImageShape, num_classes: int, options: Mapping[str, Any]
    ) -> nn.Module | None:
        """A network on the device meta, which has shapes and no numbers, and so takes no memory.

        UnfitNetworkError where it does not take the images. None where meta cannot tell: the network
        needs numbers to run, since it cannot be built there for the size that it was made for either.
        """
        try:
            with torch.device("meta"):
                return self[name](image_shape, num_classes, **options)
        except UnfitNetworkError:
            if self._is_built_on_meta(name, num_classes, options):
                raise
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        return None

    def _is_built_on_meta(self, name: str, num_classes: int, options: Mapping[str, Any]) -> bool:
        """Whether meta has all that a network of timm needs for images of the size it was made for."""
        own_options = {**options, "resolution": 0}  # that of its weights
        try:
            with torch.device("meta"):
                self[name](self.catalogue[name].image_shape, num_classes, **own_options)
        except UnfitNetworkError:
            return False
        return True

    def _own_entry(self, name: str) -> CatalogueEntry:
        with torch.device("meta"):  # which has shapes and no numbers
            network = self[name](COUNTED_SHAPE, COUNTED_CLASSES)
        num_parameters = sum(parameter.numel() for parameter in network.parameters())
        description = self.description(name)
        return CatalogueEntry(name, description, COUNTED_SHAPE, num_parameters, is_pretrained=False)


def _entry(name: str, network: TimmNetwork) -> CatalogueEntry:
    return CatalogueEntry(
        name=name,
        description=network.description,
        image_shape=ImageShape(3, network.side, network.side),
        num_parameters=network.num_parameters,
        is_pretrained=network.is_pretrained,
    )
