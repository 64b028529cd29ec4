"""bakeoff compare: train architectures side by side and show what came of it."""

import bakeoff
from bakeoff.terminal.comparisons import comparison_request, show_comparison
from bakeoff.terminal.options import (
    DEFAULT_URL,
    THE_THREE,
    Architectures,
    Dataset,
    Epochs,
    Folds,
    Jobs,
    Output,
    RecipeText,
    Seeds,
    Url,
)


def compare(  # noqa: PLR0913 - each parameter is an option of the command line
    *,
    dataset: Dataset = "mnist",
    architecture: Architectures = THE_THREE,
    epochs: Epochs = None,
    seeds: Seeds = None,
    folds: Folds = None,
    recipe: RecipeText = "{}",
    output: Output = None,
    job: Jobs = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Train architectures on a dataset with one recipe, and compare them; or compare jobs that are there."""
    request = comparison_request(dataset, architecture, epochs, seeds, recipe, folds=folds)
    with bakeoff.Client(url) as client:
        made = client.create_comparison(**({"jobs": job} if job else request))
        show_comparison(client, made, output)
