"""Where the images of a training lie: whole on its device or, where they are too many, streamed to it.

A streamed split leaves its images where they are, usually mapped from a file, so that the kernel may
drop them from memory. A thread reads the next batch while the network is busy with this one.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor

from workers.datasets.image_dataset import Split

Tensors = tuple[Tensor, ...]
Item = TypeVar("Item")
Prepared = TypeVar("Prepared")

# Of the images of a dataset that lie on a device whole. More would keep the first step waiting: they
# are copied there first. And the gain is small, since a step on large images takes long.
MAX_RESIDENT_BYTES = {"cpu": 2**30, "mps": 2**30, "cuda": 4 * 2**30}
RESIDENT_SHARE_OF_FREE = (
    0.25  # of the free memory of a CUDA device; weights and activations need more
)


class StreamedSplit:
    """A split whose images reach the device batch by batch; its labels lie there whole."""

    def __init__(self, split: Split, device: torch.device) -> None:
        self._split, self._device = split, device
        self.labels = split.labels.to(device)
        # A stream of its own: what is queued there does not wait for the step under way.
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, indices: Tensor | None = None) -> Tensor:
        """As `Split.first`: an image (1, C, H, W) on the device."""
        return self._split.first(None if indices is None else indices.cpu()).to(self._device)

    def batches(self, size: int, indices: Tensor | None = None) -> Iterator[Tensor]:
        """As `Split.batches`: images (N, C, H, W) on the device."""
        order = torch.arange(len(self)) if indices is None else indices.cpu()
        for (images,) in self._move(self._images_at, order.split(size)):
            yield images

    def steps(self, batches: Iterable[tuple[Tensor, Tensor]]) -> Iterator[Tensors]:
        """For indices (N,) and draws of each step: images, labels and draws on the device."""
        return self._move(self._step, batches)

    def _images_at(self, indices: Tensor) -> Tensors:
        return (self._split.images_at(indices),)

    def _step(self, batch: tuple[Tensor, Tensor]) -> Tensors:
        indices, draws = batch
        selected = self._split.select(indices)
        return selected.images, selected.labels, draws

    def _move(self, gather: Callable[[Item], Tensors], items: Iterable[Item]) -> Iterator[Tensors]:
        for tensors in one_ahead(lambda item: self._send(gather(item)), items):
            yield self._receive(tensors)

    def _send(self, tensors: Tensors) -> Tensors:
        """In the thread: start the way to a CUDA device, from pinned memory, and wait for its end."""
        if self._stream is None:
            return tensors
        with torch.cuda.stream(self._stream):
            sent = tuple(
                tensor.pin_memory().to(self._device, non_blocking=True) for tensor in tensors
            )
        self._stream.synchronize()
        return sent

    def _receive(self, tensors: Tensors) -> Tensors:
        """In the thread of the training: the tensors on the device, for its work alone."""
        if self._stream is None:
            return tuple(tensor.to(self._device) for tensor in tensors)
        for tensor in tensors:
            tensor.record_stream(torch.cuda.current_stream(self._device))
        return tensors


PlacedSplit = Split | StreamedSplit


def place(
    split: Split, device: torch.device, layout: torch.memory_format, *, dataset_bytes: int
) -> PlacedSplit:
    """The split on `device`, whole where all images of its dataset fit there, else streamed.

    Both give the same images, and so a training ends in the same bits.
    """
    if dataset_bytes <= resident_bytes(device):
        return split.to(device, layout)
    return StreamedSplit(split, device)


def resident_bytes(device: torch.device) -> int:
    """How many bytes of images a device holds whole."""
    most = MAX_RESIDENT_BYTES[device.type]
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return min(most, int(RESIDENT_SHARE_OF_FREE * free))
    return most


def one_ahead(prepare: Callable[[Item], Prepared], items: Iterable[Item]) -> Iterator[Prepared]:
    """What `prepare` makes of each item, by a thread that is one item ahead of whoever asks."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="images") as thread:
        upcoming = None
        for item in items:
            following = thread.submit(prepare, item)
            if upcoming is not None:
                yield upcoming.result()
            upcoming = following
        if upcoming is not None:
            yield upcoming.result()
