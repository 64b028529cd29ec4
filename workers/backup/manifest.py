"""The manifest of a backup: the schema of its database, and every file with its size and SHA-256."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator

NAME = "manifest.json"
MAX_BYTES = 512 * 1024**2  # of a manifest: some millions of files
DATABASE = "bakeoff.db"
ARTIFACTS, DATASETS, LOGS, WEIGHTS = "artifacts", "datasets", "logs", "weights"
#: The folders of a data folder that are kept; all others are made again by themselves.
FOLDERS = (ARTIFACTS, DATASETS, LOGS, WEIGHTS)


def _check_path(path: str) -> str:
    parts = PurePosixPath(path).parts
    is_plain = "/".join(parts) == path and "\0" not in path
    is_visible = not any(part.startswith(".") for part in parts)
    if not (is_plain and is_visible and (path == DATABASE or parts[0] in FOLDERS)):
        raise ValueError(f"{path!r} is no file of a data folder")
    return path


class BackupFile(BaseModel):
    """A file of a backup."""

    path: Annotated[str, AfterValidator(_check_path)]  # within the data folder
    num_bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The first member of the tar; the files follow in its order."""

    format: Literal[1] = 1
    version: str  # of Bakeoff
    revision: str  # of the schema of the database
    created_at: datetime
    files: list[BackupFile]

    @property
    def num_bytes(self) -> int:
        """What the files take, unpacked."""
        return sum(file.num_bytes for file in self.files)

    @model_validator(mode="after")
    def _has_a_database_and_no_file_twice(self) -> "Manifest":
        paths = {file.path for file in self.files}
        if DATABASE not in paths or len(paths) < len(self.files):
            raise ValueError("a backup has one database, and each file once")
        return self
