"""What a training leaves behind: its weights, its ONNX graph, its probabilities, and the model's row."""

from typing import Any

from torch import nn

from models import Backbone, architectures
from workers.datasets.image_dataset import ImageDataset
from workers.exports.onnx import keep_graph, num_images_to_check
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import utc_now
from workers.storage.ids import new_id
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.retries import with_retries
from workers.storage.tables import Job, Model
from workers.training.final_evaluation import FinalEvaluation
from workers.training.normalisation import moments_of
from workers.training.servable import as_evaluated
from workers.training.trainer import Trainer
from workers.weights.tensors import FileNotes


def store_probabilities(
    artifacts: ArtifactStore, path: str, outcome: FinalEvaluation, trainer: Trainer
) -> str:
    """Store the labels and probabilities of validation and test; returns the file's sha256."""
    content = _probabilities_file(outcome, trainer)
    return with_retries(lambda: artifacts.put(path, content))


def store_model(
    artifacts: ArtifactStore,
    job: Job,
    identity: DatasetIdentity,
    dataset: ImageDataset,
    network: nn.Module,
    outcome: FinalEvaluation,
) -> Model:
    """Store weights and graph, and describe the model in a row, which is not written yet."""
    model_id = new_id()
    result = outcome.result
    moments = moments_of(network, dataset)
    notes = _notes(network, dataset) if architectures.is_of_timm(str(job.architecture)) else {}
    return Model(
        id=model_id,
        job_id=job.id,
        created_at=utc_now(),
        architecture=str(job.architecture),
        options=job.options,
        dataset=dataset.name,
        dataset_sha256=identity.sha256,
        dataset_split=identity.split,
        preparation=dataset.preparation.as_json() if dataset.preparation else None,
        seed=job.seed,
        fold=job.fold,
        folds=job.folds,
        recipe_hash=str(job.recipe_hash),
        classes=list(dataset.classes),
        image_shape=list(dataset.image_shape),
        mean=list(moments.mean),
        std=list(moments.std),
        num_parameters=result.num_parameters,
        validation_accuracy=result.validation.accuracy,
        test_accuracy=result.test.accuracy,
        test_flips=result.test_flips,
        **_store_weights(artifacts, f"models/{model_id}/weights.safetensors", network, notes),
        onnx=_store_graph(artifacts, f"models/{model_id}/model.onnx", network, dataset, outcome),
    )


def _notes(network: nn.Module, dataset: ImageDataset) -> dict[str, str]:
    """The metadata by which another training can start from the weights of a network of timm."""
    if isinstance(network, Backbone):
        mean, std = network.preprocessing.scale
        size = [network.preprocessing.resolution] * 2
    else:
        (mean, std), size = (dataset.mean, dataset.std), list(dataset.image_shape[1:])
    return FileNotes(mean=list(mean), std=list(std), size=size).as_metadata()


def _store_weights(
    artifacts: ArtifactStore, path: str, network: nn.Module, notes: dict[str, str]
) -> dict[str, Any]:
    content = _weights_file(network, notes)
    digest = with_retries(lambda: artifacts.put(path, content))
    return {"weights": path, "weights_sha256": digest, "weights_bytes": len(content)}


def _store_graph(
    artifacts: ArtifactStore,
    path: str,
    network: nn.Module,
    dataset: ImageDataset,
    outcome: FinalEvaluation,
) -> dict[str, Any]:
    normalisation = moments_of(network, dataset)
    test_images = next(dataset.test.batches(num_images_to_check(outcome.result.flops)))
    evaluated = as_evaluated(network, test_flips=outcome.result.test_flips)
    return keep_graph(evaluated, normalisation, test_images, artifacts, path)


def _weights_file(network: nn.Module, notes: dict[str, str]) -> bytes:
    from safetensors.torch import save

    tensors = {name: tensor.cpu().contiguous() for name, tensor in network.state_dict().items()}
    return save(tensors, notes or None)


def _probabilities_file(outcome: FinalEvaluation, trainer: Trainer) -> bytes:
    from safetensors.torch import save

    tensors: dict[str, Any] = {
        "probabilities": outcome.test_probabilities.contiguous(),
        "labels": trainer.test.labels.cpu(),
        "validation_probabilities": outcome.validation_probabilities.contiguous(),
        "validation_labels": trainer.validation.labels.cpu(),
    }
    return save(tensors)
