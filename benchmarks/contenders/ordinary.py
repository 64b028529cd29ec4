"""The loop as most people write it: torchvision's dataset, ToTensor and Normalize, DataLoader, Adam."""

from time import perf_counter

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from benchmarks.contenders import BATCH_SIZE, LEARNING_RATE, NUM_CLASSES, Work, main
from models import ImageShape, architectures
from models._torchvision import import_torchvision


class Images(Dataset[tuple[Tensor, int]]):
    """Converts each item as torchvision's MNIST and CIFAR10 do: array, PIL image, tensor."""

    def __init__(self, work: Work) -> None:
        import_torchvision()
        from torchvision import transforms

        self.images = work.images.transpose(0, 2, 3, 1).squeeze()
        self.labels = work.labels
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize(work.mean, work.std)]
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.images[index])
        return self.transform(image), int(self.labels[index])


def network_of(work: Work) -> nn.Module:
    """The same network as ours, untrained."""
    torch.manual_seed(work.seed)
    return architectures[work.architecture](ImageShape(*work.shape), NUM_CLASSES)


def train(work: Work) -> tuple[nn.Module, float]:
    """The trained network, and the seconds of its last epoch."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = network_of(work).to(device)
    loader = DataLoader(Images(work), batch_size=BATCH_SIZE, shuffle=True)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    network.train()
    started = 0.0
    for _ in range(work.epochs):
        running_loss = 0.0
        started = perf_counter()
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(network(images.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
    return network, perf_counter() - started


if __name__ == "__main__":
    main(lambda work: train(work)[1])
