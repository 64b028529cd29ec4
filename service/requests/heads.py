"""Options that have no effect on a head that is trained alone, refused before it is enqueued."""

from collections.abc import Mapping
from typing import Any

from service.requests.architecture_options import OptionError
from workers.queue.dependencies import trains_head

#: Options of the body, which is not trained.
OF_BODY = ("drop_rate", "drop_path_rate", "backbone_rate", "layer_decay", "batch_norm_statistics")


def refuse_without_effect(architecture: str, options: Mapping[str, Any]) -> None:
    """OptionError where a head is to be trained with what only the training of a body can do.

    `options` are those that are stored. The recipe is not looked at: it is that of a comparison, whose
    other networks may be trained on changed images. Which of its fields a head ignores, its job says.
    """
    useless = next((name for name in OF_BODY if options.get(name)), None)
    if trains_head(options) and useless:
        raise OptionError(
            f"option '{useless}' of '{architecture}' has no effect with \"train\": \"head\", which does"
            ' not train the body; leave it out, or choose "train": "all"'
        )
