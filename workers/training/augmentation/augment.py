"""What a recipe does to the images of a step: to their place, to their colours, erasing, and mixing."""

from collections.abc import Mapping

import torch
from torch import Tensor

from models import ImageShape
from workers.training.augmentation.colours import adjust
from workers.training.augmentation.cropping import crop, mirror
from workers.training.augmentation.draws import JITTER, by_name
from workers.training.augmentation.erasing import erase
from workers.training.augmentation.mixing import mix
from workers.training.augmentation.resampling import positions, resample, resized_crop_and_flip
from workers.training.augmentation.trivial_augment import TrivialAugment
from workers.training.normalisation import Normalisation
from workers.training.recipe import Recipe

Drawn = Mapping[str, Tensor]


def augment(
    stored: Tensor, labels: Tensor, draws: Tensor, recipe: Recipe, normalise: Normalisation
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Augment uint8 images (N, C, H, W) by their draws (N, …); returns them normalised, and what they show.

    What they show is their labels (N,) and, where the recipe mixes images, the labels of their partners
    (N,) and the shares (N,) that stay their own.
    """
    drawn = by_name(draws, recipe, ImageShape(*stored.shape[1:]))
    if not _changes_pixels(recipe):
        return _cropped(normalise(stored), drawn, recipe), (labels,)
    # In one memory layout, whatever the network's: sums in another order would be rounded otherwise, and
    # all architectures of a comparison see the same bits.
    pixels = stored.to(torch.float32, memory_format=torch.contiguous_format).div_(255)
    pixels = _resampled(_cropped(pixels, drawn, recipe).contiguous(), drawn, recipe)
    pixels = _recoloured(pixels, drawn, recipe)
    if recipe.erasing:
        pixels = erase(pixels, drawn, recipe.erasing)
    pixels, shown = mix(pixels, labels, drawn, recipe)
    return normalise.from_pixels(pixels), shown


def _changes_pixels(recipe: Recipe) -> bool:
    """Whether images get other pixels than their own."""
    return (
        _is_resized(recipe)
        or _has_policy(recipe)
        or recipe.colour_jitter > 0
        or recipe.erasing > 0
        or recipe.mix != "none"
    )


def _cropped(images: Tensor, drawn: Drawn, recipe: Recipe) -> Tensor:
    if recipe.augmentation not in {"crop", "crop_and_flip"}:
        return images
    images = crop(images, drawn["top"], drawn["left"])
    return mirror(images, drawn["flip"]) if recipe.augmentation == "crop_and_flip" else images


def _resampled(pixels: Tensor, drawn: Drawn, recipe: Recipe) -> Tensor:
    """A single look-up for all changes that need values between pixels: it takes longest."""
    if not _is_resized(recipe):
        return TrivialAugment(drawn).displace(pixels) if _has_policy(recipe) else pixels
    where = positions(pixels)
    if _has_policy(recipe):
        where = TrivialAugment(drawn).move(where, *pixels.shape[2:])
    return resample(pixels, resized_crop_and_flip(where, drawn))


def _recoloured(pixels: Tensor, drawn: Drawn, recipe: Recipe) -> Tensor:
    if recipe.colour_jitter:
        factors = (1 + recipe.colour_jitter * (2 * drawn[name] - 1) for name in JITTER)
        pixels = adjust(pixels, *factors)
    return TrivialAugment(drawn).recolour(pixels) if _has_policy(recipe) else pixels


def _is_resized(recipe: Recipe) -> bool:
    return recipe.augmentation == "resized_crop_and_flip"


def _has_policy(recipe: Recipe) -> bool:
    return recipe.augmentation_policy == "trivial_augment"
