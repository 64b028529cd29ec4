"""A training that fails names the cause and what to change."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from models import ImageShape
from tests.workers.training.trainings import completed_epochs, make
from workers.datasets.image_dataset import ImageDataset
from workers.training.errors import NetworkTooLargeError, OutOfMemoryError, TrainingDivergedError
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build


def test_a_training_that_diverges_suggests_a_learning_rate(few_digits: ImageDataset) -> None:
    recipe = Recipe(epochs=20, optimizer="sgd", learning_rate=10.0, weight_decay=1.0)

    with pytest.raises(TrainingDivergedError, match=r"diverged in epoch \d+.*rate 10 "):
        completed_epochs(make(few_digits, recipe))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't allocate"),
    ],
)
def test_a_batch_too_large_for_the_memory_names_the_one_that_fits(
    few_digits: ImageDataset, error: RuntimeError
) -> None:
    trainer = make(few_digits, Recipe(epochs=1, batch_size=64))
    trainer.network.register_forward_pre_hook(_memory_for(16, error))

    with pytest.raises(OutOfMemoryError, match="out of memory with batch_size 64; 16 fits"):
        completed_epochs(trainer)


def test_an_error_says_so_if_no_batch_fits_the_memory(few_digits: ImageDataset) -> None:
    trainer = make(few_digits, Recipe(epochs=1, batch_size=64))
    trainer.network.register_forward_pre_hook(_memory_for(0, torch.OutOfMemoryError()))

    with pytest.raises(OutOfMemoryError, match="no smaller one fits either"):
        completed_epochs(trainer)


def _memory_for(images: int, error: RuntimeError) -> Callable[[nn.Module, tuple[Tensor]], None]:
    def refuse(_: nn.Module, inputs: tuple[Tensor]) -> None:
        if len(inputs[0]) > images:
            raise error

    return refuse


@pytest.mark.gpu
def test_a_gpu_out_of_memory_names_the_batch_that_fits(
    few_digits: ImageDataset, cuda: torch.device
) -> None:
    network = build("cnn", {}, few_digits.image_shape, 10, seed=3)
    trainer = Trainer(network, few_digits, Recipe(batch_size=224), seed=3, device=cuda)
    held = torch.cuda.memory_allocated(cuda)
    torch.cuda.empty_cache()
    few_mebibytes = held + 24 * 2**20
    total = torch.cuda.get_device_properties(cuda).total_memory
    torch.cuda.set_per_process_memory_fraction(few_mebibytes / total, cuda)
    try:
        with pytest.raises(OutOfMemoryError, match=r"batch_size 224; \d+ fits"):
            completed_epochs(trainer)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, cuda)


def test_a_bug_is_not_reported_as_lack_of_memory(few_digits: ImageDataset) -> None:
    trainer = make(few_digits, Recipe(epochs=1))
    trainer.network.register_forward_pre_hook(_memory_for(0, RuntimeError("shapes do not match")))

    with pytest.raises(RuntimeError, match="shapes do not match"):
        completed_epochs(trainer)


@pytest.mark.parametrize("name", ["timm/test_vit", "fully_connected"])
def test_a_network_too_large_for_the_memory_says_so(name: str) -> None:
    more_than_there_is = ImageShape(3, 2**24, 2**24)

    with pytest.raises(NetworkTooLargeError, match=f"^out of memory while '{name}' was built"):
        build(name, {}, more_than_there_is, 10, seed=3)
