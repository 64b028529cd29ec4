"""What paired tests say of every two architectures of a comparison."""

from enum import StrEnum

from pydantic import BaseModel, Field

from service.analysis.hypothesis_tests.bootstrap import RESAMPLES
from service.analysis.hypothesis_tests.mcnemar import Flips

LEVEL = 0.05
MARGIN = 0.005  # of accuracy: half a point


class Finding(StrEnum):
    """What may be said of two architectures."""

    BETTER = "better"
    EQUIVALENT = "equivalent"
    NOT_SHOWN = "no difference shown"


class PairStatistics(BaseModel):
    """Two architectures; differences are those of test accuracy, the better one's minus the other's."""

    better: str = Field(description="the higher mean test accuracy", examples=["cnn"])
    worse: str = Field(examples=["fully_connected"])
    finding: Finding
    seeds: list[int] = Field(description="with which both have succeeded")
    folds: list[int] | None = Field(
        description="that have tested both; null: not cross-validated, the test split tested both"
    )
    trainings: int = Field(
        description="of each of the two: one for each seed, with folds one for each seed and fold that"
        " both have in common"
    )
    images: int = Field(description="test images; with folds, those of all folds together")
    difference: float = Field(
        description="as a share of images, mean over images and seeds, or over folds and seeds"
    )
    low: float = Field(description="95 % bootstrap interval over images, seeds averaged in each")
    high: float
    low_with_seeds: float = Field(
        description="95 % interval over images and seeds; with folds, of the corrected resampled"
        " t test over folds, seeds averaged in each"
    )
    high_with_seeds: float
    mcnemar: list[Flips] = Field(
        description="exact test, seed by seed; with folds, each image by the fold that tests it"
    )
    mcnemar_p: float = Field(description="of all seeds together")
    p_with_seeds: float = Field(
        description="images and seeds both taken as chance; with folds, train and test images:"
        " the corrected resampled t test (Nadeau and Bengio 2003)"
    )
    p: float = Field(description="the larger of `mcnemar_p` and `p_with_seeds`")
    p_adjusted: float = Field(description="p after Holm's correction over all pairs")
    cohens_g: float = Field(
        description="effect size: share of the images only one gets right that are the better's,"
        " minus 1/2; 0.05 small, 0.15 medium, 0.25 large"
    )
    equivalence_p: float = Field(description="two one-sided tests against the margin")
    equivalence_p_adjusted: float = Field(description="after Holm's correction over all pairs")


class Statistics(BaseModel):
    """Paired tests between every two architectures, the accuracy of the better one first."""

    margin: float = Field(description="differences of accuracy below it count as equivalent")
    level: float = LEVEL
    resamples: int = RESAMPLES
    folds: int | None = Field(description="of the cross-validation; null: the test split tested")
    pairs: list[PairStatistics]
    left_out: list[str] = Field(
        description="pairs without a common seed whose predictions are kept, or with folds"
        " without two such folds"
    )
