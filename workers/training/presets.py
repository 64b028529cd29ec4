"""Recipes with a name, for comparisons that do not choose their own hyper-parameters."""

from typing import Final

from workers.training.recipe import Recipe

PRESETS: Final[dict[str, Recipe]] = {
    # One cycle at a high learning rate (Smith & Topin 2017, arXiv:1708.07120). Chosen on MNIST's
    # validation split for residual_cnn; docs/experiments.md has what else was tried.
    "fast": Recipe(
        epochs=2,
        batch_size=128,
        optimizer="adamw",
        learning_rate=1e-2,
        schedule="one_cycle",
        weight_decay=0.01,
    ),
    # For networks that start from pretrained weights. The rate was chosen on a validation split, for
    # EfficientNet-Lite0 and a thousand photographs; docs/experiments.md has what was tried, which is little.
    "fine_tune": Recipe(
        epochs=20,
        batch_size=32,
        optimizer="adamw",
        learning_rate=3e-3,
        schedule="cosine",
        warm_up=0.1,
        weight_decay=0.05,
        label_smoothing=0.1,
        augmentation="crop_and_flip",
    ),
}
