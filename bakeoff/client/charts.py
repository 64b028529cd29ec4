"""Charts and reports."""

from collections.abc import Sequence
from typing import Literal

from bakeoff.answers import Json
from bakeoff.client._resource import Resource

Suffix = Literal["png", "svg", "json"]
Theme = Literal["light", "dark"]


class Charts(Resource):
    """Methods for charts and reports.

    A chart is drawn as png or svg; as json it is the numbers behind it. `width` is in pixels, 320
    to 4000.
    """

    def list_charts(self, comparison_id: str) -> list[Json]:
        """Name, title and description of every chart of a comparison."""
        path = "/v1/comparisons/{comparison_id}/charts"
        return list(self._connection.items(path, comparison_id=comparison_id))

    def list_job_charts(self, job_id: str) -> list[Json]:
        """Name, title and description of every chart of a training."""
        return list(self._connection.items("/v1/jobs/{job_id}/charts", job_id=job_id))

    def list_model_charts(self, model_id: str) -> list[Json]:
        """Name, title and description of every chart of the training a model came from."""
        return list(self._connection.items("/v1/models/{model_id}/charts", model_id=model_id))

    def draw_chart(
        self,
        comparison_id: str,
        chart: str,
        suffix: Suffix = "png",
        *,
        theme: Theme | None = None,
        width: int | None = None,
        architecture: str | Sequence[str] | None = None,
    ) -> bytes:
        """One chart of a comparison, of all its architectures or of some (by label)."""
        return self._connection.download(
            "/v1/comparisons/{comparison_id}/charts/{chart}.{suffix}",
            comparison_id=comparison_id,
            chart=chart,
            suffix=suffix,
            theme=theme,
            width=width,
            architecture=architecture,
        )

    def draw_job_chart(
        self,
        job_id: str,
        chart: str,
        suffix: Suffix = "png",
        *,
        theme: Theme | None = None,
        width: int | None = None,
    ) -> bytes:
        """One chart of a training that has succeeded."""
        return self._connection.download(
            "/v1/jobs/{job_id}/charts/{chart}.{suffix}",
            job_id=job_id,
            chart=chart,
            suffix=suffix,
            theme=theme,
            width=width,
        )

    def draw_model_chart(
        self,
        model_id: str,
        chart: str,
        suffix: Suffix = "png",
        *,
        theme: Theme | None = None,
        width: int | None = None,
    ) -> bytes:
        """One chart of the training a model came from."""
        return self._connection.download(
            "/v1/models/{model_id}/charts/{chart}.{suffix}",
            model_id=model_id,
            chart=chart,
            suffix=suffix,
            theme=theme,
            width=width,
        )

    def show_report(self, comparison_id: str) -> str:
        """A comparison as one self-contained HTML page."""
        path = "/v1/comparisons/{comparison_id}/report.html"
        return self._connection.download(path, comparison_id=comparison_id).decode()

    def show_markdown_report(self, comparison_id: str) -> str:
        """The report of a comparison in Markdown, without pictures."""
        path = "/v1/comparisons/{comparison_id}/report.md"
        return self._connection.download(path, comparison_id=comparison_id).decode()
