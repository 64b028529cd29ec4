"""Ways in which a training fails that are no bug; each message is one sentence."""

from workers.errors import BakeoffError


class TrainingError(BakeoffError):
    """A training ended without a result; its epochs up to then stay readable."""


class TrainingDivergedError(TrainingError):
    """The loss became NaN or infinite."""

    def __init__(self, epoch: int, learning_rate: float) -> None:
        super().__init__(
            f"training diverged in epoch {epoch}: the loss is no longer a finite number; the"
            f" learning rate {learning_rate:g} is likely too high for this network, try a tenth"
        )


class OtherDatasetError(TrainingError):
    """The checkpoint is of a training on other images, or on another split of them."""

    def __init__(self) -> None:
        super().__init__(
            "the checkpoint is of a training on other data or another split; a training goes on with"
            " its own or not at all"
        )


class OutOfMemoryError(TrainingError):
    """The memory of the device holds no step of `batch_size`; it holds one of `fitting`, if not None."""

    def __init__(self, batch_size: int, fitting: int | None) -> None:
        advice = f"{fitting} fits" if fitting else "no smaller one fits either"
        super().__init__(f"out of memory with batch_size {batch_size}; {advice}")


class NetworkTooLargeError(TrainingError):
    """The memory of the machine does not hold a network while it is built."""

    def __init__(self, architecture: str) -> None:
        super().__init__(
            f"out of memory while '{architecture}' was built; try a smaller network or smaller images"
        )


class SingleImageError(TrainingError):
    """Batch norm has a single value for a channel, from a batch of one image."""

    def __init__(self) -> None:
        super().__init__(
            "batch norm cannot normalise over a batch of one image: take a batch_size of 2 or more, and at"
            " least two images to train on"
        )
