"""The head of a backbone, trained as a network of its own on features instead of images."""

import copy
from collections import OrderedDict
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from models import Backbone
from workers.datasets.image_dataset import ImageDataset, Split
from workers.exports.onnx import num_images_to_check
from workers.features.latency import measure_latency_of
from workers.features.store import Features
from workers.training.final_evaluation import NetworkCost, count_bytes
from workers.training.hardware.activations import largest_activation
from workers.training.hardware.device import device_name
from workers.training.measuring.network_summary import count_flops, count_parameters
from workers.training.normalisation import Normalisation, moments_of
from workers.training.results import Latency
from workers.training.servable import Servable

PIXEL_SCALE = 255  # by which a normalisation divides images, before it subtracts the mean
AT_ONCE = 8192  # images whose features are summed in float64
#: Of the quadratic mean of all standard deviations. A feature that hardly varies among the train images may
#: do so among others: in units of its own it would outweigh all the rest there.
MIN_DEVIATION = 0.1


@dataclass(frozen=True)
class ServedDifference:
    """How far the served network differs from what was evaluated, on some test images.

    It computes features in float32, where those that the head was trained and evaluated on are rounded.
    """

    images: int
    max_probability_difference: float
    different_labels: int


def trainable(head: nn.Module) -> nn.Sequential:
    """A head with the same parameters, for features (N, num_features, 1, 1)."""
    layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
    return nn.Sequential(layers | OrderedDict(head.named_children()))


def dataset_of(images: ImageDataset, features: Features) -> ImageDataset:
    """A dataset with the same splits, whose images are the features of its images.

    Each is divided by its standard deviation over the train split, or by MIN_DEVIATION of what the
    features have in the quadratic mean where its own is smaller; those that are equal there, by 1.
    """
    values = features.values[:, :, None, None]
    parts = (images.train, images.validation, images.test)
    starts = (0, len(images.train), len(images.train) + len(images.validation))
    train, validation, test = (
        _split_of(part, values, start) for part, start in zip(parts, starts, strict=True)
    )
    mean, std = _moments(train)
    return replace(
        images,
        train=train,
        validation=validation,
        test=test,
        sha256=features.description.sha256,
        moments=(tuple((mean / PIXEL_SCALE).tolist()), tuple((std / PIXEL_SCALE).tolist())),
    )


def _split_of(images: Split, values: Tensor, start: int) -> Split:
    """The features of a split, which begin at `start` unless it is a fold, whose rows are anywhere."""
    if images.rows is None:
        return Split(values[start : start + len(images)], images.labels)
    return Split(values, images.labels, images.rows)


def fold_normalisation(head: nn.Module, dataset: ImageDataset) -> None:
    """Change the first layer so that the head takes features as the body gives them."""
    first = next(layer for layer in head.modules() if isinstance(layer, nn.Linear))
    mean, std = (
        PIXEL_SCALE * torch.tensor(moment, dtype=torch.float64)
        for moment in (dataset.mean, dataset.std)
    )
    with torch.no_grad():
        weight = first.weight.double().cpu() / std
        first.bias.copy_(first.bias.double().cpu() - weight @ mean)
        first.weight.copy_(weight)


def cost_of(
    backbone: Backbone, features: Features, images: ImageDataset, device: torch.device
) -> NetworkCost:
    """What backbone and head cost together.

    The latency was measured with the features, unless that was on another device or with other threads.
    """
    description = features.description
    measured = [Latency(**row) for row in description.latency]
    here = (device_name(device), torch.get_num_threads())
    if (description.device_name, description.threads) != here:
        measured = measure_latency_of(copy.deepcopy(backbone), images, device)
    return NetworkCost(
        num_parameters=count_parameters(backbone),
        flops=description.flops + count_flops(backbone.head, (backbone.num_features,)),
        model_bytes=count_bytes(backbone),
        latency=measured,
    )


def compare_served(
    backbone: Backbone, images: ImageDataset, probabilities: Tensor, flops: int
) -> ServedDifference:
    """Compare what the network gives for test images with the probabilities (N, num_classes) of all."""
    cpu = torch.device("cpu")
    served = Servable(backbone, Normalisation(*moments_of(backbone, images), cpu)).eval()
    with torch.inference_mode():
        with largest_activation(backbone) as largest:
            served(images.test.first())
        checked = next(images.test.batches(num_images_to_check(flops)))
        at_once = largest.num_images(len(checked))
        found = torch.cat([served(batch) for batch in checked.split(at_once)])
    expected = probabilities[: len(found)]
    different = found.argmax(dim=1) != expected.argmax(dim=1)
    return ServedDifference(len(found), float((found - expected).abs().max()), int(different.sum()))


def _moments(train: Split) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (num_features,) over a split, summed in float64."""
    num_features = train.images.shape[1]
    total, squares = (torch.zeros(num_features, dtype=torch.float64) for _ in range(2))
    for part in train.batches(AT_ONCE):
        total += part.flatten(1).double().sum(dim=0)
    mean = total / len(train)
    for part in train.batches(AT_ONCE):
        squares += (part.flatten(1).double() - mean).square_().sum(dim=0)
    std = (squares / len(train)).sqrt()
    least = MIN_DEVIATION * std.square().mean().sqrt()
    # What float64 rounds in the mean of equal numbers is no variance.
    return mean, torch.where(std > 1e-6 * mean.abs(), std.clamp_min(least), 1.0)
