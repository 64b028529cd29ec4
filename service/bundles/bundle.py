"""A model's bundle: what is in it, what names its content, and its zip."""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from service.analysis.results import ComparisonResults
from service.bundles.model_card import model_card
from service.bundles.preprocessing import preprocessing_of
from workers.engines import graph_of
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

GRAPH = "model.onnx"
PROGRAM = Path(__file__).parent / "templates" / "predict.py"
EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)  # that a zip can hold
READABLE = 0o100644  # a regular file, for a user to write and all to read
UNIX = 3


@dataclass(frozen=True)
class Bundle:
    """The files of a bundle: the graph, which is an artifact, and short texts."""

    graph_path: str
    graph_sha256: str
    graph_bytes: int
    texts: Mapping[str, bytes]  # by the names of their files

    @property
    def sha256(self) -> str:
        """Of the names and contents of all files, without reading the graph."""
        of_texts = {name: hashlib.sha256(text).hexdigest() for name, text in self.texts.items()}
        named = json.dumps({GRAPH: self.graph_sha256, **of_texts})
        return hashlib.sha256(named.encode()).hexdigest()

    def write(self, file: IO[bytes], artifacts: ArtifactStore) -> None:
        """Write the zip: equal bundles are equal bytes. ArtifactError where the graph is lost or damaged.

        Nothing is compressed: weights hardly are, and the bytes would depend on zlib's version.
        """
        with zipfile.ZipFile(file, "w") as archive:
            for name, text in self.texts.items():
                archive.writestr(_entry(name, len(text)), text)
            with archive.open(_entry(GRAPH, self.graph_bytes), "w") as member:
                artifacts.copy_to(self.graph_path, member, sha256=self.graph_sha256)


def bundle_of(
    model: Model, results: ComparisonResults, quantisation: Mapping[str, Any] | None = None
) -> Bundle:
    """The bundle of a model; `results` and `quantisation` as in model_card().

    EngineError where the model has no graph, NoResultError where its training has no result.
    """
    graph = graph_of(model)
    texts = {
        "README.md": model_card(model, results, quantisation),
        "classes.json": _as_json(model.classes),
        "predict.py": PROGRAM.read_text(encoding="utf-8"),
        "preprocessing.json": _as_json(preprocessing_of(model)),
    }
    return Bundle(
        graph_path=graph["path"],
        graph_sha256=graph["sha256"],
        graph_bytes=graph["bytes"],
        texts={name: text.encode() for name, text in texts.items()},
    )


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _entry(name: str, num_bytes: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EARLIEST_TIME)
    entry.create_system = UNIX
    entry.external_attr = READABLE << 16
    entry.file_size = num_bytes
    return entry
