"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Url = Annotated[str, typer.Option(envvar="BAKEOFF_URL", help="Address of the service.")]
DEFAULT_URL = "http://127.0.0.1:8000"

Dataset = Annotated[str, typer.Option(help="Dataset to train on.")]
Architectures = Annotated[
    list[str],
    typer.Option(
        "--architecture",
        help="Architecture to compare, maybe with options: timm/resnet18,pretrained=true,label=mine."
        " Repeat for more.",
    ),
]
THE_THREE = ["fully_connected", "cnn", "residual_cnn"]
Jobs = Annotated[
    list[str] | None,
    typer.Option("--job", help="Job to compare instead of training anew; repeat for more."),
]
Epochs = Annotated[
    int | None,
    typer.Option(help="Passes over the train split.", show_default="3, or those of the recipe"),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        help="Trainings of each architecture, each with its own seed.",
        show_default="3, with --folds 1",
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        help="Cross-validation: divide all images into so many parts, and test on each in turn.",
        show_default="the dataset's own test split",
    ),
]
RecipeText = Annotated[
    str,
    typer.Option(
        "--recipe",
        help='More of the recipe, as JSON: \'{"optimizer": "sgd"}\'; or a preset: fast, fine_tune.',
    ),
]
Output = Annotated[
    Path | None, typer.Option(help="Folder for charts and report; default: data/comparisons/<id>.")
]
Search = Annotated[
    str | None,
    typer.Option(help="Only with this in name, note, tags, dataset or architecture, or as an id."),
]
Tag = Annotated[str | None, typer.Option(help="Only with this tag.")]
Scale = Annotated[
    float | None,
    typer.Option(
        help="The number that is white, in an image of more than 8 bits.",
        show_default="that of the file or of the dataset",
    ),
]
