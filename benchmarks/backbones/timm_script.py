"""Features by timm as a plain script: bfloat16 autocast and channels_last; prints images per second.

`python -m benchmarks.backbones.timm_script NUMBER`
"""

import json
import sys
from time import perf_counter

import torch

from benchmarks.backbones.noise import BATCH_SIZE, NETWORK, pictures
from models._torchvision import import_torchvision


def main(number: int) -> None:
    """Warm up with a batch, then compute all."""
    import_torchvision()
    import timm

    images = pictures(number)
    network = timm.create_model(NETWORK, num_classes=0).eval()
    # torch's annotation lacks memory_format, which its documentation has.
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean, std = (
        torch.tensor(network.pretrained_cfg[name]).view(3, 1, 1) for name in ("mean", "std")
    )
    found = []
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        network((images[:BATCH_SIZE] / 255 - mean) / std)
        started = perf_counter()
        for batch in images.split(BATCH_SIZE):
            scaled = (batch / 255 - mean) / std
            found.append(network(scaled.contiguous(memory_format=torch.channels_last)).float())
        seconds = perf_counter() - started
    sys.stdout.write(json.dumps({"images_per_second": len(torch.cat(found)) / seconds}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
