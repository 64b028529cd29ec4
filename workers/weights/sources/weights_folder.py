"""Files that a person has put into the weights folder."""

import shutil
from functools import partial
from pathlib import Path

from workers.datasets.errors import SourceError
from workers.weights.sources import WeightsSource
from workers.weights.store import FOLDER
from workers.weights.wanted import WantedWeights


def list_sources(folder: Path, wanted: WantedWeights) -> list[WeightsSource]:
    """A file in `folder` for each name that the weights may have."""
    return [
        WeightsSource(
            f"{name}.safetensors in the weights folder",
            partial(_copy, folder / f"{name}.safetensors"),
            kept_as=f"{FOLDER}{name}",  # not `name`, which is an upload's
        )
        for name in wanted.names
    ]


def _copy(file: Path, scratch: Path) -> Path:
    """A copy, since what is kept may be a link, and a person may write into the file again."""
    if not file.is_file():
        raise SourceError("it is not there")
    return Path(shutil.copyfile(file, scratch / file.name))
