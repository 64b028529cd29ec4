"""Architectures: what can be trained."""

from bakeoff.answers import Json
from bakeoff.client._resource import Resource


class Architectures(Resource):
    """Methods for architectures."""

    def list_architectures(
        self,
        *,
        search: str | None = None,
        pretrained: bool | None = None,
        max_parameters: int | None = None,
    ) -> list[Json]:
        """Architectures with their descriptions and the JSON schema of their options.

        Without an argument those of Bakeoff alone; with one timm's too, over a thousand.

        Args:
            search: Part of the name or the description; empty: all.
            pretrained: Whether weights are published that were trained on other images.
            max_parameters: At most so many, with 10 classes.
        """
        return list(
            self._connection.items(
                "/v1/architectures",
                search=search,
                pretrained=pretrained,
                max_parameters=max_parameters,
            )
        )

    def show_architecture(self, name: str, *, dataset: str | None = None) -> Json:
        """One architecture; with a ready dataset also its parameters, FLOPs and layers for it."""
        return self._connection.get("/v1/architectures/{name}", name=name, dataset=dataset)

    def show_timm_architecture(self, name: str, *, dataset: str | None = None) -> Json:
        """The same of a network of timm, by the name that timm has for it: `resnet18`."""
        return self._connection.get("/v1/architectures/timm/{name}", name=name, dataset=dataset)
