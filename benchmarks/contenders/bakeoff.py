"""This project's trainer, with the precision it chooses by itself."""

import torch

from benchmarks.contenders import LEARNING_RATE, NUM_CLASSES, Work, main
from models import ImageShape
from workers.datasets.image_dataset import ImageDataset, Split
from workers.training.hardware import device as devices
from workers.training.recipe import AskedPrecision, Recipe
from workers.training.trainer import CompletedEpoch, Trainer, build


def trainer_of(work: Work, precision: AskedPrecision = "auto") -> Trainer:
    """The trainer of this work, on the best device of this machine."""
    device = devices.resolve("auto")
    devices.prepare(device)
    whole = Split(torch.from_numpy(work.images), torch.from_numpy(work.labels))
    few = Split(whole.images[: work.batch_size], whole.labels[: work.batch_size])
    dataset = ImageDataset(
        name="noise",
        classes=tuple(map(str, range(NUM_CLASSES))),
        sha256="",
        train=whole,
        validation=few,
        test=few,
    )
    shape = ImageShape(*work.shape)
    network = build(work.architecture, {}, shape, NUM_CLASSES, seed=work.seed)
    recipe = Recipe(
        epochs=work.epochs,
        batch_size=work.batch_size,
        learning_rate=LEARNING_RATE,
        precision=precision,
    )
    return Trainer(network, dataset, recipe, seed=work.seed, device=device)


def seconds(work: Work, precision: AskedPrecision = "auto") -> float:
    """Seconds of the second epoch, as the trainer reports them."""
    trainer = trainer_of(work, precision)
    epochs = [event.epoch for event in trainer.epochs() if isinstance(event, CompletedEpoch)]
    return epochs[-1].seconds


if __name__ == "__main__":
    main(seconds)
