"""LitServe with eager torch and its own batching, as its documentation has it."""

import sys
from typing import Any

import litserve
import torch
from torch import Tensor

from benchmarks.serving.peers.network import answer, network, pixels


class Api(litserve.LitAPI):
    """Requests hold one image or several; a batch of requests is one forward pass."""

    def setup(self, device: str) -> None:
        """Load the network, in the process that predicts."""
        del device
        self.model = network()

    def decode_request(self, request: dict[str, Any]) -> Tensor:
        """From JSON to pixels."""
        return pixels(request["images"])

    def batch(self, inputs: list[Tensor]) -> tuple[Tensor, list[int]]:
        """The images of several requests together."""
        return torch.cat(inputs), [len(images) for images in inputs]

    def predict(self, x: tuple[Tensor, list[int]]) -> tuple[Tensor, list[int]]:
        """One forward pass."""
        images, sizes = x
        with torch.no_grad():
            return self.model(images).softmax(dim=1), sizes

    def unbatch(self, output: tuple[Tensor, list[int]]) -> list[Tensor]:
        """Each request's own rows."""
        probabilities, sizes = output
        return list(probabilities.split(sizes))

    def encode_response(self, output: Tensor) -> dict[str, Any]:
        """From probabilities to JSON."""
        return {"predictions": answer(output)}


if __name__ == "__main__":
    server = litserve.LitServer(
        Api(max_batch_size=32, batch_timeout=0.005), accelerator="cpu", timeout=False
    )
    server.run(port=int(sys.argv[1]), generate_client_file=False, log_level="warning")
