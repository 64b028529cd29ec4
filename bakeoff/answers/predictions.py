"""What models say of images."""

from collections.abc import Sequence
from typing import Any

from bakeoff.answers import Json, _html
from bakeoff.answers.job import seed_and_fold


class PredictionList(dict[str, Any]):
    """The predictions of a model, one for each image; a notebook shows them as a table.

    `names` are what the table calls the images.
    """

    def __init__(self, document: Json, names: Sequence[str] = ()) -> None:
        super().__init__(document)
        self.names = list(names) or [str(n + 1) for n in range(len(document["predictions"]))]

    def _repr_html_(self) -> str:
        named = zip(self.names, self["predictions"], strict=True)
        rows = [
            (name, prediction["label"], _probabilities(prediction), "; ".join(prediction["notes"]))
            for name, prediction in named
        ]
        latency = self["latency_ms"]
        how = (
            f"model {self['model_id']}, {self['architecture']}; {self['engine']} on {self['device']};"
            f" {latency['forward']:.2f} ms in the network, {latency['total']:.2f} ms in the service"
        )
        shown = [
            _html.table(("image", "label", "probability", ""), rows, left=4),
            _html.note(how),
        ]
        return _html.element("div", _html.join(shown))


class ComparedPredictions(dict[str, Any]):
    """The predictions of every model of a comparison; a notebook shows a column for each model."""

    def __init__(self, document: Json, names: Sequence[str] = ()) -> None:
        super().__init__(document)
        self["models"] = [PredictionList(model, names) for model in document["models"]]

    def _repr_html_(self) -> str:
        models = self["models"]
        headings = [
            "image",
            *(f"{model['label']}, seed {seed_and_fold(model)}" for model in models),
        ]
        by_image = zip(*(model["predictions"] for model in models), strict=True)
        rows = [
            (name, *(f"{said['label']}, {_percent(said)}" for said in predictions))
            for name, predictions in zip(models[0].names, by_image, strict=True)
        ]
        return _html.table(headings, rows, left=len(headings))


def _probabilities(prediction: Json) -> _html.Html:
    """A bar for each listed class, its label before it and its probability behind it."""
    return _html.join(
        _html.element(
            "div",
            _html.join(
                [
                    _html.element("span", entry["label"], "display: inline-block; min-width: 4em"),
                    _html.bar(entry["probability"]),
                    f" {_percent(entry)}",
                ]
            ),
        )
        for entry in prediction["top"]
    )


def _percent(entry: Json) -> str:
    return f"{100 * entry['probability']:.1f} %"
