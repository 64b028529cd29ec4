"""What in images speaks for a class, according to a model."""

import base64
from collections.abc import Sequence
from html import escape
from typing import Any

from bakeoff.answers import Json, _html


class ExplanationList(dict[str, Any]):
    """The explanations of a model, one for each image; a notebook shows their pictures.

    `names` are what the notebook calls the images.
    """

    def __init__(self, document: Json, names: Sequence[str] = ()) -> None:
        super().__init__(document)
        self.names = list(names) or [str(n + 1) for n in range(len(document["explanations"]))]

    def picture(self, number: int = 0) -> bytes:
        """The map over an image, as a PNG."""
        return base64.b64decode(self["explanations"][number]["overlay"].partition(",")[2])

    def _repr_html_(self) -> str:
        named = zip(self.names, self["explanations"], strict=True)
        rows = [(name, _picture(explained), describe(explained)) for name, explained in named]
        how = (
            f"model {self['model_id']}, {self['architecture']}; {self['method']}: orange speaks for the"
            " class, blue against it"
        )
        shown = [_html.table(("image", "", "class"), rows, left=3), _html.note(how)]
        return _html.element("div", _html.join(shown))


def describe(explained: Json) -> str:
    """The class that is explained and its probability; if another was predicted, that one too."""
    said = f"{explained['class']} {explained['class_probability']:.1%}"
    if explained["class"] == explained["label"]:
        return said
    return f"{said} (predicted: {explained['label']} {explained['probability']:.1%})"


def _picture(explained: Json) -> _html.Html:
    alternative = f"what speaks for {explained['class']}"
    source = explained["overlay"]
    return _html.Html(
        f'<img src="{escape(source)}" alt="{escape(alternative)}" style="width: 12em">'
    )
