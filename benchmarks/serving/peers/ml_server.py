"""MLServer with eager torch as a custom runtime and adaptive batching, as its documentation has them.

It wants an older FastAPI, so it runs in an environment of its own: `.venv-mlserver`.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import torch
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse

from benchmarks.serving.peers.network import answer, network, pixels

NAME = "classifier"
SERVER = {"debug": False, "host": "127.0.0.1", "parallel_workers": 0}  # a worker made it slower
MODEL = {
    "name": NAME,
    "implementation": "benchmarks.serving.peers.ml_server.Classifier",
    "max_batch_size": 32,  # requests
    "max_batch_time": 0.005,  # seconds
}


class Classifier(MLModel):
    """Image files in base64, as strings of the inference protocol."""

    async def load(self) -> bool:
        """Load the network, in the process that predicts."""
        self.model = network()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Decode, predict, answer."""
        images = pixels(StringCodec.decode_input(payload.inputs[0]))
        with torch.no_grad():
            found = answer(self.model(images).softmax(dim=1))
        outputs = [
            StringCodec.encode_output("label", [image["label"] for image in found]),
            NumpyCodec.encode_output(
                "probability", torch.tensor([[image["probability"]] for image in found]).numpy()
            ),
        ]
        return InferenceResponse(model_name=self.name, outputs=outputs)


if __name__ == "__main__":
    folder, port = Path(tempfile.mkdtemp()), int(sys.argv[1])
    ports = {"http_port": port, "grpc_port": port + 1, "metrics_port": port + 2}
    settings = SERVER | ports | {"metrics_dir": str(folder / "metrics")}
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "model-settings.json").write_text(json.dumps(MODEL))
    program = str(Path(sys.executable).with_name("mlserver"))
    os.execv(program, [program, "start", str(folder)])  # noqa: S606 - in its place
