"""Where pretrained weights come from, one source a file; workers.weights.find has their order."""

from dataclasses import dataclass

from workers.datasets.known import Source


@dataclass(frozen=True)
class WeightsSource(Source):
    """A place that weights can come from: `fetch` returns a safetensors file.

    `kept_as` is the name under which what it brings is kept; `licence` counts where the file has none.
    """

    kept_as: str
    licence: str | None = None
