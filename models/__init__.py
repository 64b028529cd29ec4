"""Architectures: functions that build untrained networks, registered by decorator.

Each module without a leading underscore holds one family. To add an architecture, write
`@architectures.register` over a function `(image_shape, num_classes, *, options) -> nn.Module` in a
module of this folder: it is then listed, trained, compared, served and tested. Modules with a
leading underscore are machinery. This package imports torch and no other package of the project.
"""

from collections.abc import Callable

from torch import nn

from models._bounds import Bounds, omitted_options
from models._image_shape import ImageShape
from models._registry import Registry, UnknownNameError
from models._stems import fitting_options

__all__ = [
    "Architecture",
    "Bounds",
    "ImageShape",
    "Registry",
    "UnknownNameError",
    "architectures",
    "fitting_options",
    "omitted_options",
]


#: Builds an untrained network that maps float images (N, C, H, W) to logits (N, num_classes):
#: `(image_shape, num_classes, *, options)`, every option annotated with `Bounds`.
Architecture = Callable[..., nn.Module]

architectures: Registry[Architecture] = Registry("architecture", __name__)
