"""What a training does where it trains the head of a backbone alone, on features instead of images."""

import dataclasses
from typing import Any

import torch

from models import Backbone
from workers.datasets.image_dataset import ImageDataset
from workers.features import head
from workers.features.store import Features
from workers.training.final_evaluation import FinalEvaluation, evaluate_trained
from workers.training.measuring.network_summary import library_versions
from workers.training.trainer import Trainer


class HeadTraining:
    """The head of a backbone: the network and the dataset that a trainer gets, and what becomes of it."""

    def __init__(self, backbone: Backbone, images: ImageDataset, features: Features) -> None:
        self._backbone, self._images, self._features = backbone, images, features
        self.network = head.trainable(backbone.head)
        self.dataset = head.dataset_of(images, features)

    def evaluate(self, trainer: Trainer) -> tuple[FinalEvaluation, dict[str, Any]]:
        """Evaluate the trained head on features, and put it into the backbone, which is then complete.

        Also returns the fields of a result that a head's own evaluation lacks: how its features were
        computed, how far the network as it is served differs from what was evaluated, and versions.
        """
        cost = head.cost_of(self._backbone, self._features, self._images, trainer.device)
        outcome = evaluate_trained(trainer, self.dataset, cost)
        self._backbone.to(torch.device("cpu"))  # with the head, whose parameters were trained
        head.fold_normalisation(self._backbone.head, self.dataset)
        difference = head.compare_served(
            self._backbone, self._images, outcome.test_probabilities, cost.flops
        )
        description = self._features.description
        kept = (
            "sha256",
            "engine",
            "dtype",
            "seconds",
            "trial_seconds",
            "images_per_second",
            "device_name",
            "versions",
        )
        return outcome, {
            "features": {name: getattr(description, name) for name in kept},
            "served_difference": dataclasses.asdict(difference),
            "versions": outcome.result.versions | library_versions(self._backbone),
        }
