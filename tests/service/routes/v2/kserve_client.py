"""What a user of KServe's client does, run by `.venv-kserve`: prints what it was told as JSON."""

import asyncio
import json
import sys

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig


async def main(address: str, name: str, *, binary: bool) -> None:
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=60))
    images = np.random.default_rng(0).integers(0, 256, (5, 1, 8, 8), dtype=np.uint8)
    tensor = InferInput("images", list(images.shape), "UINT8")
    tensor.set_data_from_numpy(images, binary_data=binary)
    answer = await client.infer(address, InferRequest(name, [tensor]), model_name=name)
    [output] = answer.outputs
    told = {
        "live": await client.is_server_live(address),
        "ready": await client.is_server_ready(address),
        "model_ready": await client.is_model_ready(address, name),
        "output": output.name,
        "probabilities": output.as_numpy().tolist(),
    }
    print(json.dumps(told))  # noqa: T201 - read by the test


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], binary=sys.argv[3] == "binary"))
