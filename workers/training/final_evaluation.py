"""What is reported of a finished training: the network is evaluated once, as it will be served."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from models import ImageShape
from workers.datasets.image_dataset import ImageDataset
from workers.training.hardware.activations import MAX_LATENCY_BYTES, largest_activation
from workers.training.hardware.allocator import return_freed_memory
from workers.training.hardware.device import device_name
from workers.training.hardware.memory import peak_device_memory_bytes, peak_memory_bytes
from workers.training.hardware.streaming import PlacedSplit
from workers.training.measuring import calibration, classification
from workers.training.measuring.evaluation import logits, score, score_of
from workers.training.measuring.gradient_flow import layer_names
from workers.training.measuring.latency import measure_latency
from workers.training.measuring.network_summary import (
    count_flops,
    count_parameters,
    library_versions,
)
from workers.training.normalisation import Normalisation
from workers.training.results import Latency, Result
from workers.training.servable import Servable
from workers.training.trainer import Trainer

LATENCY_BATCH_SIZES = (1, 8, 64)


@dataclass(frozen=True)
class FinalEvaluation:
    """The result, and the probabilities (N, num_classes) of all images that were not trained on."""

    result: Result
    validation_probabilities: Tensor
    test_probabilities: Tensor  # from which the result follows


@dataclass(frozen=True)
class NetworkCost:
    """The fields of a Result about the network alone, whatever it was trained on."""

    num_parameters: int
    flops: int
    model_bytes: int
    latency: list[Latency]


def evaluate_trained(
    trainer: Trainer, dataset: ImageDataset, cost: NetworkCost | None = None
) -> FinalEvaluation:
    """Score the trained network on the three splits, and measure its cost unless that is known.

    The cost is known of a network of which a part was trained, as the head of a backbone.
    """
    return_freed_memory()
    validation_logits = logits(trainer.evaluated, trainer.validation, trainer.normalise)
    test_logits = logits(trainer.evaluated, trainer.test, trainer.normalise)
    probabilities = test_logits.softmax(dim=1).cpu()
    result = Result(
        train=score(trainer.evaluated, trainer.train_split, trainer.normalise),
        validation=score_of(validation_logits, trainer.validation.labels),
        test=score_of(test_logits, trainer.test.labels),
        **quality(probabilities, trainer.test.labels.cpu(), dataset.classes),
        **vars(cost or _measure_cost(trainer, dataset.image_shape)),
        **_effort(trainer),
        **_evidence(trainer),
    )
    return FinalEvaluation(result, validation_logits.softmax(dim=1).cpu(), probabilities)


def quality(probabilities: Tensor, labels: Tensor, classes: Sequence[str]) -> dict[str, Any]:
    """The fields of a Result that follow from probabilities (N, num_classes) and labels (N,)."""
    bins = calibration.reliability_bins(probabilities, labels)
    curves = classification.roc_curves(probabilities, labels, classes)
    return {
        "macro_auc": classification.macro_auc(curves),
        "ece": calibration.expected_calibration_error(bins),
        "brier": calibration.brier_score(probabilities, labels),
        "reliability": bins,
        "confusion_matrix": classification.confusion_matrix(probabilities, labels),
        "per_class": classification.class_scores(probabilities, labels, curves),
        "roc": curves,
    }


def _measure_cost(trainer: Trainer, image_shape: ImageShape) -> NetworkCost:
    network = trainer.network
    return NetworkCost(
        num_parameters=count_parameters(network),
        flops=count_flops(trainer.evaluated, image_shape),
        model_bytes=count_bytes(network),
        latency=latencies(trainer.evaluated, trainer.normalise, trainer.test, trainer.device),
    )


def count_bytes(network: nn.Module) -> int:
    """Bytes of all parameters and buffers."""
    return sum(each.numel() * each.element_size() for each in network.state_dict().values())


def _effort(trainer: Trainer) -> dict[str, Any]:
    """The fields of a Result about what was trained, how long that took, and how much memory."""
    num_images = len(trainer.train_split) * trainer.epochs_done
    return {
        "layers": layer_names(trainer.network),
        "train_seconds": trainer.train_seconds,
        "images_per_second": num_images / trainer.train_seconds,
        "peak_memory_bytes": peak_memory_bytes(),
        "peak_device_memory_bytes": peak_device_memory_bytes(trainer.device),
    }


def _evidence(trainer: Trainer) -> dict[str, Any]:
    """The fields of a Result that say how and with what it was trained."""
    return {
        "epochs": trainer.epochs_done,
        "best_epoch": trainer.best.number,
        "stopped_early": trainer.stopped_early,
        "ema_decay": trainer.recipe.ema_decay,
        "test_flips": trainer.recipe.test_flips,
        "device": trainer.device.type,
        "device_name": device_name(trainer.device),
        "precision": trainer.step.precision.name,
        "precision_reason": trainer.step.precision.reason,
        "threads": torch.get_num_threads(),
        "versions": {
            "torch": torch.__version__,
            "python": platform.python_version(),
            **library_versions(trainer.network),
        },
    }


def latencies(
    network: nn.Module, normalise: Normalisation, images: PlacedSplit, device: torch.device
) -> list[Latency]:
    """Latency of a network in this process at batch 1, 8 and 64, in float32 as it is served.

    Without a batch whose largest activation takes more than 256 MiB.
    """
    servable = Servable(network, normalise).eval()
    with torch.inference_mode(), largest_activation(network) as largest:
        servable(images.first())
    most = largest.num_images(max(LATENCY_BATCH_SIZES), MAX_LATENCY_BYTES)
    return [
        measure_latency(
            _prediction(servable, images, size, device),
            engine="torch",
            device=device,
            batch_size=size,
        )
        for size in LATENCY_BATCH_SIZES
        if size <= most
    ]


def _prediction(
    servable: Servable, split: PlacedSplit, batch_size: int, device: torch.device
) -> Callable[[], object]:
    indices = torch.arange(batch_size) % len(split)
    images = next(split.batches(batch_size, indices)).cpu().contiguous()

    def predict() -> Tensor:
        with torch.inference_mode():
            probabilities: Tensor = servable(images.to(device))
            return probabilities.cpu()

    return predict
