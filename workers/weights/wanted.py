"""What weights are asked for, and what comes of it."""

import re
from typing import Literal, NamedTuple

MAIN = "main"  # the newest revision of a repository


class WantedWeights(NamedTuple):
    """Pretrained weights of an architecture, as the option `pretrained` asks for them."""

    architecture: str  # such as "timm/efficientnet_lite0"
    asked: Literal[True] | str  # a string is a tag, or the name of weights
    repo: str | None = None  # on the hub, such as "timm/efficientnet_lite0.ra_in1k"; None: none
    revision: str = MAIN
    licence: str | None = None  # of what the repository holds, where it is known
    tags: tuple[
        str, ...
    ] = ()  # that timm knows for the architecture, where it does not know `asked`

    @property
    def network(self) -> str:
        """The architecture without the catalogue it is from."""
        return self.architecture.rpartition("/")[2].lower()

    @property
    def names(self) -> list[str]:
        """The names under which a person may have brought these weights."""
        if self.asked is True:
            return [self.network]
        return [self.asked, f"{self.network}.{self.asked}"]

    @property
    def lock(self) -> str:
        """The architecture as the name of a lock."""
        return re.sub(r"[^a-z0-9]", "_", self.architecture.lower())


class FoundWeights(NamedTuple):
    """Weights that are kept, and where they come from."""

    name: str
    sha256: str  # of the file; what it holds is read by workers.weights.tensors.load()
    source: str  # in words
    licence: str | None
