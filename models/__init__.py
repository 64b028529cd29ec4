"""Architectures: functions that build untrained networks, registered by decorator.

Each module without a leading underscore holds one family. To add an architecture, write
`@architectures.register` over a function `(image_shape, num_classes, *, options) -> nn.Module` in a
module of this folder: it is then listed, trained, compared, served and tested. Modules with a
leading underscore are machinery. This package imports torch and no other package of the project.

Beside these, `architectures` has the networks of timm, under `timm/<name>`.
"""

from models._architectures import Architecture, Architectures, CatalogueEntry, UnfitNetworkError
from models._bounds import Bounds, omitted_options
from models._image_shape import ImageShape
from models._registry import Registry, UnknownNameError
from models._stems import fitting_options
from models._timm.backbone import Backbone
from models._timm.pretrained_options import needs_weights
from models._timm.weights import TrainedOn, load_weights, published_tags, published_weights

__all__ = [
    "Architecture",
    "Architectures",
    "Backbone",
    "Bounds",
    "CatalogueEntry",
    "ImageShape",
    "Registry",
    "TrainedOn",
    "UnfitNetworkError",
    "UnknownNameError",
    "architectures",
    "fitting_options",
    "load_weights",
    "needs_weights",
    "omitted_options",
    "published_tags",
    "published_weights",
]

architectures = Architectures("architecture", __name__)
