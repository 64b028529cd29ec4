"""What `make bench-seeds` times is the same training, in another way."""

import dataclasses

import pytest
import torch
from torch.nn.functional import cross_entropy

from benchmarks.contenders import LEARNING_RATE, noise
from benchmarks.contenders.bakeoff import trainer_of
from benchmarks.seeds.batched import Batched
from workers.training.hardware import device as devices
from workers.training.trainer import Trainer

SEEDS = 3
STEPS = 4


@pytest.fixture(autouse=True)
def _torch_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # Its switches hold for the whole process, and other tests run in this one.
    monkeypatch.setattr(devices, "prepare", lambda _: None)


def losses_alone(trainer: Trainer, batches: torch.Tensor) -> torch.Tensor:
    """Of each step (STEPS), by torch's own loop."""
    optimizer = torch.optim.Adam(trainer.network.parameters(), LEARNING_RATE)
    trainer.network.train()
    losses = []
    for indices in batches:
        optimizer.zero_grad()
        images = trainer.normalise(trainer.train_split.images_at(indices))
        loss = cross_entropy(trainer.network(images), trainer.train_split.labels[indices])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)


@pytest.mark.parametrize("architecture", ["fully_connected", "cnn", "residual_cnn"])
def test_seeds_stacked_in_one_step_learn_as_each_does_alone(architecture: str) -> None:
    work = noise(architecture, 64)
    works = [dataclasses.replace(work, seed=seed) for seed in range(SEEDS)]
    together = Batched([trainer_of(work, "float32") for work in works])
    orders = torch.rand(SEEDS, 64, generator=torch.Generator().manual_seed(0)).argsort(1)
    orders = orders.view(SEEDS, STEPS, 16)

    together.shared.network.train()
    stacked = [
        together.step(orders[:, step].to(together.shared.device))[0] for step in range(STEPS)
    ]

    alone = [
        losses_alone(trainer_of(work, "float32"), order.to(together.shared.device))
        for work, order in zip(works, orders, strict=True)
    ]
    assert torch.allclose(torch.stack(stacked), torch.stack(alone).sum(0), rtol=1e-3)
    assert torch.stack(alone).std(0).min() > 0  # or one seed would do for all
