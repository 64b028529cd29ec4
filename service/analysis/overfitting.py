"""When a network begins to learn its training images by heart."""

import math
from collections.abc import Sequence


def overfitting_epoch(train_loss: Sequence[float], validation_loss: Sequence[float]) -> int | None:
    """The epoch (from 1) after which validation loss only rises while train loss goes on falling.

    It is the epoch of the lowest validation loss, if by the last epoch the validation loss stands
    more than 2 % above it and the train loss below where it was then. None where that is not so.
    """
    finite = [loss if math.isfinite(loss) else math.inf for loss in validation_loss]
    if not finite:
        return None
    best = min(range(len(finite)), key=finite.__getitem__)
    has_risen = finite[-1] > finite[best] * 1.02
    still_learns = train_loss[-1] < train_loss[best]
    return best + 1 if has_risen and still_learns else None
