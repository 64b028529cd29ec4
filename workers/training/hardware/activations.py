"""How many images go through a network at once when it is not trained: as many as memory allows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor, nn

# Of the largest activation of a batch. A network holds two or three of that size at a time, which is
# less than a step of its training takes. An image of 300 × 300 gives 11 MiB after 32 filters.
MAX_ACTIVATION_BYTES = 128 * 2**20
# Of the largest activation of a batch whose latency is measured.
MAX_LATENCY_BYTES = 256 * 2**20


@dataclass
class LargestActivation:
    """The bytes of the largest output of a layer so far, or of the images themselves."""

    num_bytes: int = 1

    def num_images(self, most: int, num_bytes: int = MAX_ACTIVATION_BYTES) -> int:
        """How many images, up to `most`, keep within `num_bytes`, if it was one image until now."""
        return max(1, min(most, num_bytes // self.num_bytes))


@contextmanager
def largest_activation(network: nn.Module) -> Iterator[LargestActivation]:
    """Note the largest output of a layer of what runs through the network meanwhile, and its input."""
    largest = LargestActivation()

    def note(layer: nn.Module, inputs: object, output: object) -> None:
        del layer, inputs
        if isinstance(output, Tensor):
            largest.num_bytes = max(largest.num_bytes, output.numel() * output.element_size())

    def note_input(network: nn.Module, inputs: tuple[object, ...]) -> None:
        note(network, None, inputs[0])

    layers = [layer for layer in network.modules() if not list(layer.children())]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    hooks.append(network.register_forward_pre_hook(note_input))
    try:
        yield largest
    finally:
        for hook in hooks:
            hook.remove()
