"""The measurements of a network agree with independent implementations."""

from dataclasses import asdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score
from torch import nn

from models import ImageShape
from workers.datasets.image_dataset import ImageDataset
from workers.training.final_evaluation import evaluate_trained
from workers.training.measuring import classification, latency
from workers.training.measuring.evaluation import score
from workers.training.measuring.latency import measure_latency
from workers.training.measuring.network_summary import summarise
from workers.training.normalisation import Normalisation
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build

CPU = torch.device("cpu")


def trainer_of(dataset: ImageDataset, architecture: str = "cnn", epochs: int = 2) -> Trainer:
    network = build(architecture, {}, dataset.image_shape, dataset.num_classes, seed=0)
    return Trainer(network, dataset, Recipe(epochs=epochs, batch_size=32), seed=0, device=CPU)


@pytest.mark.usefixtures("quick_latency")
def test_the_scores_of_a_finished_training_are_those_of_scikit_learn(digits: ImageDataset) -> None:
    trainer = trainer_of(digits)
    list(trainer.epochs())

    evaluation = evaluate_trained(trainer, digits)

    result, probabilities = evaluation.result, evaluation.test_probabilities.numpy()
    labels, predicted = digits.test.labels.numpy(), probabilities.argmax(axis=1)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert result.confusion_matrix == confusion_matrix(labels, predicted).tolist()
    assert result.test.accuracy == pytest.approx((labels == predicted).mean())
    assert result.macro_auc == pytest.approx(
        roc_auc_score(labels, probabilities, multi_class="ovr"), abs=1e-5
    )
    theirs = precision_recall_fscore_support(labels, predicted, zero_division=0)
    for name, column in zip(("precision", "recall", "f1", "support"), theirs, strict=True):
        ours = [asdict(scores)[name] for scores in result.per_class]
        assert ours == pytest.approx(column.tolist(), abs=1e-6)
    assert result.num_parameters == sum(
        parameter.numel() for parameter in trainer.network.parameters()
    )
    assert [row.batch_size for row in result.latency] == [1, 8, 64]
    assert result.test.images == 297
    assert result.versions["torch"] == torch.__version__
    assert 50e6 < result.peak_memory_bytes < 64e9  # torch alone takes more than 50 MB
    assert result.peak_device_memory_bytes is None


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), num_images=st.integers(20, 600), num_classes=st.integers(2, 6))
def test_curves_are_short_rise_from_corner_to_corner_and_carry_the_exact_area(
    seed: int, num_images: int, num_classes: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    probabilities = torch.rand(num_images, num_classes, generator=generator).softmax(dim=1)
    labels = torch.arange(num_images) % num_classes

    curves = classification.roc_curves(probabilities, labels, [str(n) for n in range(num_classes)])

    for index, curve in enumerate(curves):
        x, y = np.array(curve.false_positive_rate), np.array(curve.true_positive_rate)
        assert 2 <= len(x) <= 200
        assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
        assert (np.diff(x) >= 0).all()
        assert (np.diff(y) >= 0).all()
        exact = roc_auc_score(labels == index, probabilities[:, index])
        assert curve.auc == pytest.approx(exact, abs=1e-5)
        assert np.trapezoid(y, x) == pytest.approx(exact, abs=0.02)


def test_a_class_without_test_images_has_no_area_and_the_mean_is_of_the_others() -> None:
    probabilities = torch.tensor([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1]])

    curves = classification.roc_curves(probabilities, torch.tensor([0, 1, 1]), ["a", "b", "c"])

    assert [curve.auc for curve in curves] == [1.0, 1.0, None]
    assert classification.macro_auc(curves) == 1.0
    assert classification.macro_auc([curves[2]]) is None


def test_a_class_without_test_images_has_no_recall_and_one_that_is_never_found_has_zero() -> None:
    probabilities = torch.tensor([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.2, 0.1, 0.7]])
    labels = torch.tensor([0, 1, 0])
    curves = classification.roc_curves(probabilities, labels, ["a", "b", "c"])

    found, missed, absent = classification.class_scores(probabilities, labels, curves)

    assert (found.recall, found.f1, found.support) == (0.5, 0.5, 2)
    assert (missed.recall, missed.f1, missed.support) == (0.0, 0.0, 1)
    assert (absent.precision, absent.recall, absent.f1, absent.support) == (0.0, None, None, 0)


def test_a_score_does_not_depend_on_batches_and_leaves_the_network_as_it_was(
    few_digits: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = build("residual_cnn", {"dropout": 0.5}, few_digits.image_shape, 10, seed=0).train()
    normalise = Normalisation(few_digits.mean, few_digits.std, CPU)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    whole = score(network, few_digits.test, normalise)
    monkeypatch.setattr("workers.training.measuring.evaluation.BATCH_SIZE", 7)
    in_parts = score(network, few_digits.test, normalise)

    assert whole.loss == pytest.approx(in_parts.loss, rel=1e-5)
    assert whole.accuracy == in_parts.accuracy
    assert network.training
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_normalised_train_images_have_mean_zero_and_variance_one(digits: ImageDataset) -> None:
    images = Normalisation(digits.mean, digits.std, CPU)(digits.train.images)

    assert float(images.mean()) == pytest.approx(0, abs=1e-4)
    assert float(images.std()) == pytest.approx(1, abs=1e-3)
    assert digits.train.images.dtype == torch.uint8


def test_flops_and_layers_are_counted_for_one_image() -> None:
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10)
    )

    summary = summarise(network, ImageShape(1, 8, 8))

    assert summary.flops == 2 * (4 * 9 * 64) + 2 * 256 * 10
    assert summary.num_parameters == 4 * 9 + 4 + 2570
    assert [(layer.kind, layer.output_shape) for layer in summary.layers] == [
        ("Conv2d", (4, 8, 8)),
        ("ReLU", (4, 8, 8)),
        ("Flatten", (256,)),
        ("Linear", (10,)),
    ]


class _ClassToken(nn.Module):
    """A layer that gets a parameter as its input, as those of CaiT do."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 64))
        self.classifier = nn.Linear(64, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.token) + self.classifier(images.flatten(1))


def test_a_parameter_that_goes_through_a_layer_is_counted_and_stays_trainable() -> None:
    network = _ClassToken()

    summary = summarise(network, ImageShape(1, 8, 8))

    assert summary.flops == 2 * 2 * 64 * 10
    assert [layer.num_parameters for layer in summary.layers] == [650, 650]
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_latency_is_taken_over_many_calls_after_a_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "WARM_UP_SECONDS", 0)
    monkeypatch.setattr(latency, "MEASURE_SECONDS", 0)
    calls = []

    measured = measure_latency(lambda: calls.append(1), engine="torch", device=CPU, batch_size=8)

    assert measured.samples == latency.MIN_SAMPLES
    assert len(calls) == latency.MIN_SAMPLES + 3
    assert 0 < measured.p50 <= measured.p90 <= measured.p99
    assert (measured.engine, measured.batch_size) == ("torch", 8)
