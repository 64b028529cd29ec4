"""Parts of a model card in Markdown: intervals, sizes, and which images tested."""

from service.analysis.hypothesis_tests.wilson import wilson_interval
from workers.storage.tables import Model


def interval(successes: int, n: int) -> str:
    """The 95 % interval of a share of `n` images, in percent: `94.1 to 98.2 %`."""
    low, high = wilson_interval(successes, n)
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def tested_by(model: Model) -> str:
    """Which images tested a model, for a sentence: `the test split`, or `fold 2 of 5`."""
    return f"fold {model.fold} of {model.folds}" if model.fold else "the test split"


def is_resized(model: Model) -> bool:
    """Whether the network brings its images to the size that its weights expect."""
    _, height, width = model.image_shape
    resolution = model.options.get("resolution")
    return bool(resolution) and (height, width) != (resolution, resolution)


def size_in_words(model: Model) -> str:
    """`32 × 32 pixels, which the network resizes to 64 × 64`."""
    _, height, width = model.image_shape
    size = f"{width} × {height} pixels"
    if not is_resized(model):
        return size
    resolution = model.options["resolution"]
    return f"{size}, which the network resizes to {resolution} × {resolution}"
