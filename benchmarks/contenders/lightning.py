"""PyTorch Lightning, with the DataLoader of the ordinary loop."""

import logging
import warnings
from time import perf_counter
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader

from benchmarks.contenders import BATCH_SIZE, EPOCHS, LEARNING_RATE, Work, main
from benchmarks.contenders.ordinary import Images, network_of
from models._torchvision import import_torchvision

import_torchvision()  # before lightning, whose torchmetrics imports it
import lightning  # noqa: E402


class Classifier(lightning.LightningModule):
    """The network as a module of Lightning, as its documentation shows."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.network = network_of(work)
        self.started = self.ended = 0.0

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        """The loss of one batch."""
        del index
        images, labels = batch
        return functional.cross_entropy(self.network(images), labels)

    def configure_optimizers(self) -> Any:
        """Adam, with the learning rate of all contenders."""
        return torch.optim.Adam(self.parameters(), lr=LEARNING_RATE)

    def on_train_epoch_start(self) -> None:
        """Start the clock."""
        self.started = perf_counter()

    def on_train_epoch_end(self) -> None:
        """Stop the clock."""
        self.ended = perf_counter()


def seconds(work: Work) -> float:
    """Seconds of the second epoch."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")  # it advises more loader workers, which are slower here
    classifier = Classifier(work)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(classifier, DataLoader(Images(work), batch_size=BATCH_SIZE, shuffle=True))
    return classifier.ended - classifier.started


if __name__ == "__main__":
    main(seconds)
