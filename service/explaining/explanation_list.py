"""What a request for explanations may ask for, and its answer as the API shows it."""

import copy
from typing import Any

from pydantic import BaseModel, Field

from service.inference.prediction_list import IMAGES, ClassProbability, ScaleOption

MAX_IMAGES = 16  # of one request


class ExplanationOptions(ScaleOption):
    """What a request may ask for beside the images."""

    method: str | None = Field(
        None,
        max_length=40,
        description="`hires_cam`, `grad_cam` or `occlusion`; by default the first where the network has a"
        " feature map, else the last",
    )
    class_name: str | None = Field(
        None,
        alias="class",
        max_length=200,
        description="to explain, of each image; by default the one that is predicted for it",
    )


class Explanation(BaseModel):
    """What in one image speaks for a class."""

    label: str = Field(examples=["3"], description="that is predicted")
    probability: float = Field(examples=[0.98], description="of the predicted class")
    top: list[ClassProbability] = Field(description="the three most probable classes")
    notes: list[str] = Field(examples=[["resized from 512×384 to 28×28"]])
    class_name: str = Field(alias="class", examples=["3"], description="that is explained")
    class_probability: float = Field(examples=[0.98])
    map: list[list[float]] = Field(
        description="a number for each pixel, `height` rows of `width`: 1 is what speaks most for the"
        " class; −1 to 0 speaks against it, which `occlusion` alone says"
    )
    scale: float = Field(
        description="what 1 in the map (or −1) stands for: by `occlusion` a change of the class's log odds,"
        " else a number without a unit; 0 where nothing was found"
    )
    how: str = Field(examples=["squares of 4×4 pixels, 2 apart"])
    overlay: str = Field(description="the map over the image, in grey, as a PNG in a data URL")


class ExplanationLatency(BaseModel):
    """Where the time of this request went, in milliseconds."""

    queue: float = Field(description="waiting for other explanations")
    decode: float = Field(description="from bytes to pixels of the model's size")
    explain: float = Field(description="loading the model where it was not in memory, and the rest")


class ExplanationList(BaseModel):
    """One explanation for each image, in their order."""

    model_id: str
    architecture: str
    method: str
    device: str
    width: int = Field(description="of the maps, in pixels: that of the images of the dataset")
    height: int
    latency_ms: ExplanationLatency
    explanations: list[Explanation]


def _describe_body() -> dict[str, Any]:
    """The bodies of predictions, and test images by their numbers."""
    described = copy.deepcopy(IMAGES)
    json_body = described["requestBody"]["content"]["application/json"]
    json_body["schema"]["properties"]["test_images"] = {
        "type": "array",
        "items": {"type": "integer", "minimum": 0},
        "maxItems": MAX_IMAGES,
        "description": "numbers of the images on which the model was tested, from 0",
    }
    json_body["example"] = {"test_images": [0, 1]}
    return described


BODY = _describe_body()
