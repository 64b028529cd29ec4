"""What has no effect on a head that is trained alone, refused before it is enqueued."""

from collections.abc import Mapping
from typing import Any

from service.requests.architecture_options import OptionError
from workers.queue.dependencies import trains_head
from workers.training.recipe import Recipe

#: The fields of a recipe that change images, or that show the network several forms of an image.
OF_IMAGES = ("augmentation", "augmentation_policy", "colour_jitter", "erasing", "mix", "test_flips")
#: Options of the body, which is not trained.
OF_BODY = ("drop_rate", "drop_path_rate", "backbone_rate", "layer_decay", "batch_norm_statistics")


def refuse_without_effect(architecture: str, options: Mapping[str, Any], recipe: Recipe) -> None:
    """OptionError where a head is to be trained with what only the training of a body can do.

    `options` are those that are stored.
    """
    if not trains_head(options):
        return
    asked = next((name for name in OF_IMAGES if getattr(recipe, name) not in {"none", 0}), None)
    if asked:
        raise OptionError(
            f'\'{architecture}\' with "train": "head" is trained on features that are computed once, of'
            f' images as they are: leave \'{asked}\' out of the recipe, or choose "train": "all"'
        )
    useless = next((name for name in OF_BODY if options.get(name)), None)
    if useless:
        raise OptionError(
            f"option '{useless}' of '{architecture}' has no effect with \"train\": \"head\", which does"
            ' not train the body; leave it out, or choose "train": "all"'
        )
