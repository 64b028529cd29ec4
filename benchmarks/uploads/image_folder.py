"""torchvision's ImageFolder, read once by a DataLoader with two workers; prints its seconds as JSON.

`python -m benchmarks.uploads.image_folder FOLDER`, a folder of split folders of class folders.
"""

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from models._torchvision import import_torchvision

WORKERS = 2
BATCH_SIZE = 256


def main(folder: Path) -> None:
    """Read every image of every split, as uint8 tensors in batches."""
    import_torchvision()
    from torch.utils.data import ConcatDataset, DataLoader
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import PILToTensor

    started = perf_counter()
    splits = [ImageFolder(path, PILToTensor()) for path in sorted(folder.iterdir())]
    loader: DataLoader[Any] = DataLoader(
        ConcatDataset(splits), batch_size=BATCH_SIZE, num_workers=WORKERS
    )
    images = sum(len(labels) for _, labels in loader)
    seconds = perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "images": images}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
