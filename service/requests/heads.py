"""What has no effect on a head that is trained alone, refused before it is enqueued."""

from collections.abc import Mapping
from typing import Any

from service.requests.architecture_options import OptionError
from workers.queue.dependencies import trains_head
from workers.training.recipe import Recipe

#: The fields of a recipe that change images, or that show the network several forms of an image.
OF_IMAGES = ("augmentation", "augmentation_policy", "colour_jitter", "erasing", "mix", "test_flips")
DROP_OPTIONS = ("drop_rate", "drop_path_rate")  # of the body, which is not trained


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
    dropped = next((name for name in DROP_OPTIONS if options.get(name)), None)
    if dropped:
        raise OptionError(
            f"option '{dropped}' of '{architecture}' has no effect with \"train\": \"head\", which does"
            ' not train the body; leave it out, or choose "train": "all"'
        )
