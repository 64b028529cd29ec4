"""Every setting of service and worker: an environment variable each, all with a default."""

import functools
import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, unquote

from pydantic import Field, StringConstraints, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

#: A site as browsers name it: scheme, name and port, without a path.
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s,*]+$", to_lower=True)]

UNIX = "unix:"  # begins a `host` that is a Unix socket


class Settings(BaseSettings):
    """Read from BAKEOFF_… in the environment; `bakeoff settings` prints them."""

    model_config = SettingsConfigDict(env_prefix="BAKEOFF_", frozen=True)

    data: Path = Field(Path("data"), description="folder for everything embedded")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data folder")
    artifacts_url: str = Field("", description="fsspec URL; empty: a folder in the data folder")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="where to train")
    host: str = Field(
        "127.0.0.1", description="address the service listens on, or unix:FILE for a Unix socket"
    )
    port: int = Field(
        8000, ge=0, le=65535, description="port the service listens on; 0: a free one"
    )
    root_path: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9_.~-]+)*$",
        description="path below which a proxy serves all of it, such as /lab/bakeoff",
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        [],
        description="names, separated by commas, that the service goes by, beside localhost and that of its"
        " machine; *: any. Where API keys are asked for, every name is answered",
    )
    allowed_origins: Annotated[list[Origin], NoDecode] = Field(
        [],
        description="other sites, separated by commas, whose pages may use the API, such as https://lab.example.org",
    )
    api_keys: Literal["auto", "required", "off"] = Field(
        "auto", description="auto: keys are asked for once one was made; off: never"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="log lines for people, or one JSON object a line"
    )
    lease_seconds: float = Field(
        30, gt=0, description="silence after which a worker counts as dead"
    )
    max_upload_bytes: int = Field(
        2 * 1024**3, gt=0, description="largest upload of a dataset or of weights that is accepted"
    )
    hub_url: str = Field(
        "",
        description="where pretrained weights are fetched; empty: HF_ENDPOINT, or the hub itself",
    )
    predictor_bytes: int = Field(
        1024**3, gt=0, description="memory for loaded models; the least recently used one leaves"
    )

    retention_days: int = Field(
        0,
        ge=0,
        description="days after which trainings are deleted that no comparison, alias or tag 'keep'"
        " needs; 0: never",
    )
    retention_bytes: int = Field(
        0, ge=0, description="what such trainings may take; beyond it the oldest go; 0: no limit"
    )

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @property
    def socket_file(self) -> Path | None:
        """The Unix socket that the service listens on; None where it listens on a port."""
        return Path(self.host.removeprefix(UNIX)).absolute() if self.host.startswith(UNIX) else None

    @property
    def resolved_database_url(self) -> str:
        """The database's URL, with the default filled in."""
        path = quote(str(self.data.resolve() / "bakeoff.db"))  # it may have a ? or a %
        return self.database_url or f"sqlite:///{path}"

    @property
    def database_folder(self) -> Path | None:
        """Where the database is on this machine; None where it is a server."""
        scheme, _, path = self.resolved_database_url.partition(":///")
        return Path(unquote(path.partition("?")[0])).parent if scheme.startswith("sqlite") else None

    @property
    def resolved_artifacts_url(self) -> str:
        """The artifact store's URL, with the default filled in."""
        return self.artifacts_url or str(self.data.resolve() / "artifacts")

    @property
    def locks_folder(self) -> Path:
        """Where the processes of one machine keep their locks."""
        return self.data.resolve() / "locks"

    @property
    def job_logs_folder(self) -> Path:
        """Where what the processes of jobs print is kept."""
        return self.data.resolve() / "logs" / "jobs"

    @property
    def datasets_folder(self) -> Path:
        """Where prepared datasets are kept, one file each."""
        return self.data.resolve() / "datasets"

    @property
    def weights_folder(self) -> Path:
        """Where people put files of pretrained weights."""
        return self.data.resolve() / "weights"

    @property
    def features_folder(self) -> Path:
        """Where processes that compute features keep their scratch and their locks."""
        return self.data.resolve() / "features"

    @property
    def resolved_hub_url(self) -> str:
        """The address of the Hugging Face hub, or of a mirror of it, with the default filled in."""
        return self.hub_url or os.environ.get("HF_ENDPOINT") or "https://huggingface.co"

    @property
    def downloads_folder(self) -> Path:
        """Where files lie that are made to be sent, as long as they are being sent."""
        return self.data.resolve() / "downloads"

    @property
    def charts_folder(self) -> Path:
        """Where charts and reports are kept that have been made; it may be deleted at any time."""
        return self.data.resolve() / "charts"


@functools.cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
