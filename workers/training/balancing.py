"""What a recipe's `balance` does where some classes have many more train images than others.

"weights" multiplies the loss of every image by the weight of its class; "sampling" draws the images
of an epoch. Scores are of the images as they are, whatever the recipe.
"""

import torch
from torch import Tensor


def class_weights(labels: Tensor, num_classes: int) -> Tensor:
    """The weight of each class (num_classes,), float32, inversely proportional to its images.

    The mean over all images is 1, so that a learning rate means what it means without weights. A
    class without images has the weight 0.
    """
    counts = torch.bincount(labels, minlength=num_classes).double()
    is_present = counts > 0
    weights = len(labels) / (is_present.sum() * counts)
    return torch.where(is_present, weights, 0.0).float()


def draw_balanced(labels: Tensor, generator: torch.Generator) -> Tensor:
    """Draw the indices (N,) of as many images as there are labels (N,): a class first, then an image.

    Each class that has images is equally likely, and so is each image of a class, however often it
    has been drawn. On the CPU.
    """
    num_images = len(labels)
    _, counts = labels.unique(return_counts=True)  # of the classes that have images, in order
    by_class = labels.argsort(stable=True)
    starts = counts.cumsum(0) - counts
    drawn = torch.randint(len(counts), (num_images,), generator=generator)
    shares = torch.rand(num_images, dtype=torch.float64, generator=generator)
    return by_class[starts[drawn] + (shares * counts[drawn]).long()]
